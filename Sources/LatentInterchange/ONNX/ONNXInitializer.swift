import Foundation
import Latent
import LatentData
import LatentFiles
import SwiftProtobuf

/// Reads the numbers of an ONNX graph's initializers, wherever the file has them: as raw bytes, as lists of numbers, or in
/// another file of its folder.
struct ONNXInitializer {
  /// Why the numbers can't be read.
  struct Failure: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
  }

  private let proto: Onnx_TensorProto
  private let type: StoredElementType

  /// - Returns: nil for shapes, axes and texts, which are no weights
  /// - Throws: ``Failure`` for weights of a type that is not read
  init?(_ proto: Onnx_TensorProto) throws(Failure) {
    self.proto = proto
    switch Onnx_TensorProto.DataType(rawValue: Int(proto.dataType)) {
    case .float: type = .float32
    case .double: type = .float64
    case .float16: type = .float16
    case .bfloat16: type = .bfloat16
    case .int64, .UNRECOGNIZED(6), .UNRECOGNIZED(8), .UNRECOGNIZED(9): return nil
    default: throw Failure("is of type \(proto.dataType); float, double, float16 and bfloat16 are read")
    }
  }

  /// The numbers: float16 and bfloat16 as float32.
  ///
  /// - Parameter folder: of the model, the only place where other files are looked for; nil for nowhere
  func tensor(in folder: String?) throws(Failure) -> Tensor {
    let shape = proto.dims.map { Int($0) }
    guard shape.allSatisfy({ $0 >= 0 }), let size = type.byteCount(shape: shape) else {
      throw Failure("has the shape \(shape), which is none")
    }
    let bytes = try bytes(size, in: folder)
    guard bytes.count == size else {
      throw Failure("of shape \(shape) takes \(size) bytes, and has \(bytes.count)")
    }
    return StoredArray(shape: shape, elementType: type, bytes: bytes).tensor
  }

  private func bytes(_ size: Int, in folder: String?) throws(Failure) -> [UInt8] {
    if proto.dataLocation == .external {
      return try ONNXExternalData(proto.externalData).bytes(size, in: folder)
    }
    if !proto.rawData.isEmpty { return Array(proto.rawData) }
    switch type {
    case .float32: return StoredArray(shape: [proto.floatData.count], floats: proto.floatData).bytes
    case .float64: return StoredArray(shape: [proto.doubleData.count], doubles: proto.doubleData).bytes
    default:
      // The 16 bits of each number, as an unsigned one.
      let bits = proto.int32Data.map { UInt16(exactly: $0) }
      guard let known = bits as? [UInt16] else { throw Failure("has numbers that are not 16 bits") }
      return known.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    }
  }
}

/// Where another file has an initializer's numbers.
struct ONNXExternalData {
  private let location: String
  private let offset: Int
  /// Nil for all that follows.
  private let length: Int?

  init(_ entries: [Onnx_StringStringEntryProto]) throws(ONNXInitializer.Failure) {
    let values = Dictionary(entries.map { ($0.key, $0.value) }) { $1 }
    func number(_ key: String) throws(ONNXInitializer.Failure) -> Int? {
      guard let text = values[key] else { return nil }
      guard let number = Int(text), number >= 0 else {
        throw ONNXInitializer.Failure("has external data with \(key) \(quotedName(text))")
      }
      return number
    }
    location = values["location"] ?? ""
    (offset, length) = (try number("offset") ?? 0, try number("length"))
  }

  /// - Throws: ``ONNXInitializer/Failure`` where the file is not in `folder`, or not of that size
  func bytes(_ size: Int, in folder: String?) throws(ONNXInitializer.Failure) -> [UInt8] {
    func failure(_ reason: String) -> ONNXInitializer.Failure {
      .init("has its data in \(quotedName(location)), \(reason)")
    }
    let steps = location.split(separator: "/", omittingEmptySubsequences: false)
    // A model may be anybody's: it must not have other files read.
    guard let folder, !location.isEmpty, !steps.contains(""), !steps.contains(".."), !location.utf8.contains(0) else {
      throw failure("which is no file in the model's folder")
    }
    let path = AtomicFile.path(location, in: folder)
    guard let available = AtomicFile.size(of: path) else { throw failure("which is not there: copy it, too") }
    guard AtomicFile.isInside(path, folder) else { throw failure("which leads out of the model's folder") }
    guard offset <= available, (length ?? available - offset) == size, size <= available - offset else {
      throw failure(
        "where \(length ?? size) bytes from \(offset) on are not the \(size) bytes of its shape in a file of \(available)"
      )
    }
    do { return try AtomicFile.read(path, from: offset, count: size) } catch {
      throw failure("which \(error.reason)")
    }
  }
}
