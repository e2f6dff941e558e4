import LatentKernels

extension SafetensorsFile {
  /// The bytes of a safetensors file.
  ///
  /// The same input gives the same bytes, whatever the order of the tensors: they are sorted as the reference
  /// implementation sorts them, by element type, the largest alignment first, and then by name. The header is padded
  /// with spaces, so that the first tensor begins at a multiple of eight bytes.
  ///
  /// - Parameters:
  ///   - tensors: The tensors.
  ///   - metadata: Free-form strings about them.
  /// - Precondition: No two tensors have the same name, and the header takes at most 100 MB.
  public static func encode(_ tensors: [SafetensorsTensor], metadata: [String: String] = [:]) -> [UInt8] {
    if let name = repeatedName(tensors) { fatalError("safetensors: two tensors have the name \(quotedName(name))") }
    let ranks = Dictionary(uniqueKeysWithValues: zip(StoredElementType.allCases, 0...))
    let sorted = tensors.sorted { first, second in
      first.elementType == second.elementType
        ? first.name.utf8.lexicographicallyPrecedes(second.name.utf8)
        : ranks[first.elementType]! > ranks[second.elementType]!
    }
    let header = headerJSON(sorted, metadata)
    require(header.count <= headerLimit, "safetensors: a header of \(header.count) bytes is over the limit")

    let size = sorted.reduce(8 + header.count) { $0 + $1.bytes.count }
    Shortage.checkArray(bytes: size)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size)
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: header)
    for tensor in sorted { bytes.append(contentsOf: tensor.bytes) }
    return bytes
  }

  /// Writes a safetensors file, whole or not at all: into a temporary file in the same folder, which then takes the
  /// place of the old one.
  ///
  /// - Parameters:
  ///   - tensors: The tensors.
  ///   - metadata: Free-form strings about them.
  ///   - path: The path of the file.
  /// - Throws: ``FileError`` if two tensors have one name, or if the operating system refuses; an old file of that path is
  ///   then as it was.
  public static func write(
    _ tensors: [SafetensorsTensor], metadata: [String: String] = [:], to path: String
  ) throws(FileError) {
    if let name = repeatedName(tensors) {
      throw FileError(file: path, reason: "is not written: two tensors have the name \(quotedName(name))")
    }
    try AtomicFile.write(encode(tensors, metadata: metadata), to: path)
  }

  /// The first name that a tensor before has too.
  private static func repeatedName(_ tensors: [SafetensorsTensor]) -> String? {
    var names = Set<String>(minimumCapacity: tensors.count)
    return tensors.first { !names.insert($0.name).inserted }?.name
  }

  private static func headerJSON(_ tensors: [SafetensorsTensor], _ metadata: [String: String]) -> [UInt8] {
    var members: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        .map { "\(JSONText.quoted($0.key)):\(JSONText.quoted($0.value))" }
      members.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }
    var offset = 0
    for tensor in tensors {
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      let end = offset + tensor.bytes.count
      members.append(
        "\(JSONText.quoted(tensor.name)):{\"dtype\":\"\(tensor.elementType.name)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var header = Array("{\(members.joined(separator: ","))}".utf8)
    header.append(contentsOf: repeatElement(UInt8(ascii: " "), count: -header.count & 7))
    return header
  }
}
