import Foundation
import LatentData
import LatentFiles

/// Values that Keras or PyTorch computed in float64, checked in with the script that made them (see Golden/README.md).
///
///     let golden = try Golden.load("lstm_last_0")
///     let kernel = golden["weight.kernel"]       // [D, 4H], row-major
public struct Golden: Sendable {
  private let file: SafetensorsFile

  private static let folder = (Bundle.module.resourceURL ?? Bundle.module.bundleURL).appendingPathComponent("Golden")

  /// The names of all golden files.
  public static func allNames() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".safetensors") }
      .map { String($0.dropLast(".safetensors".count)) }.sorted()
  }

  /// The golden file of this name, without its folder and suffix.
  ///
  /// - Throws: `FileError` if there is no such file or it is damaged.
  public static func load(_ name: String) throws -> Golden {
    return Golden(file: try SafetensorsFile(contentsOf: folder.appendingPathComponent("\(name).safetensors").path))
  }

  /// The names of all tensors, in the order of the file.
  public var names: [String] { file.tensors.map(\.name) }

  /// The settings of the case, as strings: `batch`, `time`, `hidden`, ...
  public var metadata: [String: String] { file.metadata }

  /// A setting that is a whole number.
  public func integer(_ key: String) -> Int {
    guard let value = metadata[key].flatMap({ Int($0) }) else { fatalError("\(file.name): no whole number \(key)") }
    return value
  }

  /// The elements of a tensor, row-major.
  public subscript(name: String) -> [Double] {
    do { return try file.doubles(name) } catch { fatalError("\(error)") }
  }

  /// The dimensions of a tensor; what Keras gives as a scalar has shape [1].
  public func shape(of name: String) -> [Int] {
    guard let entry = file.entry(named: name) else { fatalError("\(file.name): no tensor \(name)") }
    return entry.shape
  }
}
