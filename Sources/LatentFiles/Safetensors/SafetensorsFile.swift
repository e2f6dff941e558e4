import LatentKernels

/// A safetensors file in memory: named tensors, and strings about them.
///
/// The format (https://github.com/huggingface/safetensors) is eight bytes of little-endian header length, a JSON header
/// and the tensors' bytes, one behind the other. The reader takes what the reference implementation takes, and
/// refuses the rest with an error that names the file and the fault, before anything is used. A file of another program
/// is refused with the lines of Python that make a safetensors file of it.
///
///     let file = try SafetensorsFile(contentsOf: "model.safetensors")
///     let kernel = try file.floats("encoder.lstm.kernel")
///
/// Names that Swift compares as equal (the same text in two Unicode forms) count as the same name.
public struct SafetensorsFile: Sendable {
  /// What the header says about one tensor.
  public struct Entry: Sendable, Equatable {
    /// The name of the tensor, unique in its file.
    public let name: String
    /// The stored type of its elements.
    public let elementType: StoredElementType
    /// Its dimensions, row-major (the last one varies fastest); empty for a scalar.
    public let shape: [Int]
    /// Where its bytes are, counted from the first byte after the header.
    public let byteRange: Range<Int>

    /// The number of its elements.
    public var elementCount: Int { byteRange.count / elementType.byteCount }
  }

  /// The format's bound on the length of a header, in bytes.
  static let headerLimit = 100_000_000

  /// The free-form strings of the header's `__metadata__`.
  public let metadata: [String: String]
  /// The tensors in the order of their bytes.
  public let tensors: [Entry]

  /// The path the file was read from, or the name given with its bytes: errors begin with it.
  public let name: String

  let bytes: [UInt8]
  /// Where the tensors' bytes begin in `bytes`.
  let dataStart: Int
  private let indices: [String: Int]

  /// Reads a file.
  ///
  /// - Parameter path: The path of the file.
  /// - Throws: ``FileError`` if the file cannot be read or breaks a rule of the format.
  public init(contentsOf path: String) throws(FileError) {
    try self.init(bytes: ForeignFile.read(path, for: .model), name: path)
  }

  /// Reads a file that is in memory already.
  ///
  /// - Parameters:
  ///   - bytes: All bytes of the file.
  ///   - name: What errors call it.
  /// - Throws: ``FileError`` if the bytes break a rule of the format.
  public init(bytes: [UInt8], name: String = "safetensors bytes") throws(FileError) {
    do {
      let headerEnd = try Self.headerEnd(of: bytes)
      let header = try SafetensorsHeader(json: Array(bytes[8..<headerEnd]))
      try header.check(dataByteCount: bytes.count - headerEnd)
      self.bytes = bytes
      self.name = name
      dataStart = headerEnd
      metadata = header.metadata
      tensors = header.tensors
      indices = Dictionary(uniqueKeysWithValues: zip(header.tensors.map(\.name), header.tensors.indices))
    } catch {
      throw error.error(in: name, bytes, notA: .safetensors, for: .model)
    }
  }

  /// What the header says about the tensor of this name; nil if the file does not have it.
  public func entry(named name: String) -> Entry? { indices[name].map { tensors[$0] } }

  /// Reads the header's length and checks it against the file and the format's limit.
  private static func headerEnd(of bytes: [UInt8]) throws(Fault) -> Int {
    guard bytes.count >= 8 else {
      throw Fault(
        "\(bytes.count) bytes are too few for a safetensors file, which begins with 8 bytes of length",
        mayBeForeign: true)
    }
    let length = UInt64(littleEndian: bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) })
    guard length <= headerLimit else {
      throw Fault(
        "a header of \(length) bytes is over the limit of 100000000: this is not a safetensors file", mayBeForeign: true
      )
    }
    guard length <= bytes.count - 8 else {
      throw Fault(
        "the header should have \(length) bytes but only \(bytes.count - 8) follow: the file is cut "
          + "off", mayBeForeign: true)
    }
    return 8 + Int(length)
  }
}
