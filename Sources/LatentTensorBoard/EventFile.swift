import LatentData
import LatentFiles
import LatentKernels
import SwiftProtobuf

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A file of events for TensorBoard, which only ever grows: TensorBoard shows what is in it while it is written.
///
///     let file = try EventFile(folder: "logs/train")
///     try file.add(.scalar("loss", 0.5), step: 1)
///     try file.flush()
///
/// Whoever goes on with a run makes another file in the same folder. May be used from any thread.
public final class EventFile: Sendable {
  /// The path of the file: `events.out.tfevents.<time>.<host>.<process>.<number>` in its folder, as TensorBoard wants it.
  public let path: String
  private let descriptor: Int32
  /// What has not been handed to the system yet.
  private let waiting = Locked<[UInt8]>([])

  /// A new file.
  ///
  /// - Parameter folder: made where it is not there; TensorBoard calls it a run
  public init(folder: String) throws(FileError) {
    Self.makeFolders(folder)
    let seconds = "\(Int(Self.wallTime))"
    let stem = "events.out.tfevents." + String(repeating: "0", count: max(0, 10 - seconds.count)) + seconds
    var (path, descriptor, number) = ("", Int32(-1), 0)
    repeat {
      path = AtomicFile.path("\(stem).\(Self.host).\(getpid()).\(number)", in: folder)
      descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o666)
      number += 1
    } while descriptor < 0 && errno == EEXIST && number < 1000
    guard descriptor >= 0 else { throw .system(.write, path) }
    (self.path, self.descriptor) = (path, descriptor)
    append(.with { $0.fileVersion = "brain.Event:2" })
    try flush()
  }

  deinit {
    try? flush()
    close(descriptor)
  }

  /// Adds a value to those of its tag.
  ///
  /// - Parameters:
  ///   - summary: a histogram of numbers that are not all finite is left out
  ///   - step: where TensorBoard draws it, usually the steps of the optimizer
  ///   - time: when it was, in seconds since 1970; nil for now
  /// - Throws: ``LatentFiles/FileError`` where a picture cannot be written as PNG
  public func add(_ summary: Summary, step: Int, time: Double? = nil) throws(FileError) {
    guard let value = try summary.message() else { return }
    append(.with { ($0.step, $0.summary.value) = (Int64(step), [value]) }, time: time)
  }

  /// Hands all that was added to the system, so that TensorBoard finds it.
  ///
  /// - Throws: ``LatentFiles/FileError``; what could not be written is lost
  public func flush() throws(FileError) {
    try waiting.withLock { bytes throws(FileError) in
      defer { bytes.removeAll(keepingCapacity: true) }
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress!, $0.count) }
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { throw .system(.write, path) }
        rest = rest.dropFirst(count)
      }
    }
  }

  /// Adds an event.
  ///
  /// - Parameter time: when it was; nil for now
  func append(_ event: Tensorboard_Event, time: Double? = nil) {
    var event = event
    event.wallTime = time ?? Self.wallTime
    // Messages without required fields are always encoded.
    let bytes: [UInt8] = try! event.serializedBytes()
    waiting.withLock { $0 += EventRecord.framed(bytes) }
  }

  /// Seconds since 1970.
  static var wallTime: Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  private static var host: String {
    var name = [UInt8](repeating: 0, count: 256)
    let isKnown = name.withUnsafeMutableBytes {
      gethostname($0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count - 1) == 0
    }
    let text = String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
    return isKnown && !text.isEmpty ? String(text.map { $0 == "/" ? "_" : $0 }) : "localhost"
  }

  /// Makes a folder and those around it; what goes wrong shows when the file is opened.
  private static func makeFolders(_ folder: String) {
    var end = folder.startIndex
    while end < folder.endIndex {
      end = folder[end...].dropFirst().firstIndex(of: "/") ?? folder.endIndex
      mkdir(String(folder[..<end]), 0o777)
    }
  }
}
