#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The times of one thread.
///
/// A lane is a clock with one hand: ``mark(_:_:_:)`` gives everything since the last mark to a row. So no instant is
/// counted twice or left out, and a thread's rows add up to its wall time by construction. A mark costs some 40 ns.
///
/// It belongs to one thread at a time; the pool's runs order its uses.
public final class ProfileLane: @unchecked Sendable {
  /// A row of the table, from ``row(_:_:)``.
  public struct Row: Sendable { let index: Int32 }

  /// What a layer is doing.
  public enum Pass: UInt8, Sendable { case forward, backward, other }

  struct Call {
    let row: Int32
    let pass: Pass
    let flops: Float, bytes: Float
    let start: UInt64, end: UInt64  // nanoseconds on the profiler's clock
  }

  struct Key: Hashable {
    let layer: String
    let part: String
  }

  private(set) var calls: [Call] = []
  private(set) var keys: [Key] = []
  private(set) var products: [Int: [Work.Product: Int]] = [:]  // by row and pass: how often each shape came
  private var indices: [Key: Int32] = [:]
  private var last: UInt64 = 0
  private var isRunning = false

  /// The row of a layer, or of a part of what it does, such as `gates`.
  public func row(_ layer: String, _ part: String = "") -> Row {
    let key = Key(layer: layer, part: part)
    if let index = indices[key] { return Row(index: index) }
    let index = Int32(keys.count)
    keys.append(key)
    indices[key] = index
    return Row(index: index)
  }

  /// Says what the thread has done since the last mark.
  public func mark(_ row: Row, _ pass: Pass = .other, _ work: Work? = nil) {
    mark(row, pass, work, at: ProfileLane.now)
  }

  func mark(_ row: Row, _ pass: Pass, _ work: Work?, at time: UInt64) {
    guard isRunning else { return }
    calls.append(
      Call(
        row: row.index, pass: pass, flops: Float(work?.flops ?? 0), bytes: Float(work?.bytes ?? 0), start: last,
        end: time))
    last = time
    if let product = work?.product {
      products[Int(row.index) * 4 + Int(pass.rawValue), default: [:]][product, default: 0] += 1
    }
  }

  func start(at time: UInt64) {
    last = time
    isRunning = true
  }

  func stop() { isRunning = false }

  /// Nanoseconds on a clock that never jumps.
  static var now: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
