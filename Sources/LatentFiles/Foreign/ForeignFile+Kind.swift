extension ForeignFile {
  /// What there is.
  package enum Kind: String, Sendable, CaseIterable {
    case torch = "a PyTorch archive"
    case torchScript = "a TorchScript archive"
    case torchLegacy = "a PyTorch file of the old format, a pickle"
    case torchShards = "a distributed checkpoint of PyTorch"
    case keras = "a Keras archive"
    case hdf5 = "an HDF5 file, as Keras's .h5"
    case savedModel = "a TensorFlow SavedModel"
    case tensorFlowCheckpoint = "a TensorFlow checkpoint"
    case tensorFlowLite = "a TensorFlow Lite model"
    case flax = "a Flax file of MessagePack"
    case pickle = "a Python pickle"
    case gguf = "a GGUF file"
    case onnx = "an ONNX model"
    case onnxFolder = "a folder of ONNX models"
    case npz = "a NumPy archive"
    case npy = "a NumPy array"
    case safetensors = "a safetensors file"
    case safetensorsIndex = "a model in several safetensors files"
    case idx = "an IDX file"
    case image = "a picture"
    case imageFolder = "a folder of pictures"
    case parquet = "a Parquet file"
    case matlab = "a MATLAB file"
    case gzip = "a gzip file"
    case tar = "a tar archive"
    case zip = "a zip archive"
    case otherArchive = "a compressed archive"
    case lfsPointer = "a pointer of Git LFS, and not the file itself"
    case webPage = "a web page"
    case json = "a JSON file"
    case text = "a text file"

    /// By a file's content.
    init?(_ file: Glimpse, entries: [String]) {
      if let kind = Self.binary(file) ?? Self.zip(file, entries) ?? Self.text(file) { self = kind } else { return nil }
    }

    /// By the names in a folder.
    init?(folder names: [String]) {
      let all = Set(names)
      func has(suffix: String) -> Bool { names.contains { $0.lowercased().hasSuffix(suffix) } }
      if all.contains("saved_model.pb") || all.contains("saved_model.pbtxt") {
        self = .savedModel
      } else if all.isSuperset(of: ["encoder.onnx", "decoder.onnx"]) {
        self = .onnxFolder
      } else if all.isSuperset(of: ["data.pkl", "version"]) {
        self = .torch
      } else if has(suffix: ".distcp") {
        self = .torchShards
      } else if all.isSuperset(of: ["config.json", "model.weights.h5"]) {
        self = .keras
      } else if all.contains("checkpoint") && has(suffix: ".index") {
        self = .tensorFlowCheckpoint
      } else if has(suffix: ".safetensors.index.json") {
        self = .safetensorsIndex
      } else if !names.isEmpty, names.allSatisfy({ Self.isImage($0) }) {
        self = .imageFolder
      } else {
        return nil
      }
    }

    private static func isImage(_ name: String) -> Bool {
      [".png", ".jpg", ".jpeg"].contains { name.lowercased().hasSuffix($0) }
    }

    private static func binary(_ file: Glimpse) -> Kind? {
      // First, since the length that it begins with may look like any other's beginning.
      if file.has("{", at: 8), file.head.dropFirst(5).prefix(3).allSatisfy({ $0 == 0 }) { return .safetensors }
      // The first bytes of each format, or those at another place.
      let marks: [(bytes: [UInt8], place: Int, kind: Kind)] = [
        // PyTorch's magic number, pickled.
        ([0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19], 0, .torchLegacy),
        (Array("GGUF".utf8), 0, .gguf), (Array("TFL3".utf8), 4, .tensorFlowLite),
        (NPYHeader.magic, 0, .npy), ([0x89] + Array("PNG\r\n".utf8), 0, .image), ([0xFF, 0xD8, 0xFF], 0, .image),
        (Array("GIF8".utf8), 0, .image), (Array("PAR1".utf8), 0, .parquet),
        (Array("MATLAB 5.0 MAT-file".utf8), 0, .matlab), (Array("ustar".utf8), 257, .tar), ([0x1F, 0x8B], 0, .gzip),
        (Array("BZh".utf8), 0, .otherArchive), ([0xFD] + Array("7zXZ".utf8), 0, .otherArchive),
        ([0x28, 0xB5, 0x2F, 0xFD], 0, .otherArchive), ([0x37, 0x7A, 0xBC, 0xAF], 0, .otherArchive),
        (Array("Rar!".utf8), 0, .otherArchive),
      ]
      if let mark = marks.first(where: { file.has($0.bytes, at: $0.place) }) { return mark.kind }
      // HDF5 files may begin with a block of another's, of a power of two.
      let hdf5: [UInt8] = [0x89] + Array("HDF\r\n".utf8) + [0x1A, 0x0A]
      if ([0] + (9...15).map { 1 << $0 }).contains(where: { file.has(hdf5, at: $0) }) { return .hdf5 }
      if file.tail.suffix(8).elementsEqual([0x57, 0xFB, 0x80, 0x8B, 0x24, 0x75, 0x47, 0xDB]) {
        return .tensorFlowCheckpoint
      }
      if isPickle(file) { return .pickle }
      let (first, start) = (file.head.first ?? 0, file.head.prefix(64))
      if (0x81...0x8F).contains(first) || first == 0xDE, start.firstRange(of: Array("params".utf8)) != nil {
        return .flax
      }
      if file.has([0, 0]), let type = file.head.dropFirst(2).first, [8, 9, 11, 12, 13, 14].contains(type) {
        return .idx
      }
      return protobuf(file)
    }

    /// Protocols 2 to 5 say so; the older ones are lines of text that end in a full stop.
    private static func isPickle(_ file: Glimpse) -> Bool {
      if file.has([0x80]), let version = file.head.dropFirst().first { return (2...5).contains(version) }
      let starts = ["(dp", "(lp", "(i", "c__builtin__\n", "cnumpy", "ccollections\n", "ccopy_reg\n", "ctorch"]
      return file.tail.last == UInt8(ascii: ".") && starts.contains { file.has($0) }
    }

    /// The top level of a message: ONNX's model has its graph in field 7 and its version in field 1.
    private static func protobuf(_ file: Glimpse) -> Kind? {
      var fields = ProtobufFields(file.head)
      var numbers: [Int] = []
      while let number = fields.next() { numbers.append(number) }
      guard numbers.first == 1, fields.isMessage else { return nil }
      if numbers.contains(7) && numbers.allSatisfy({ $0 <= 26 }) { return .onnx }
      return Set(numbers) == [1, 2] ? .savedModel : nil
    }

    private static func zip(_ file: Glimpse, _ entries: [String]) -> Kind? {
      guard file.has([0x50, 0x4B, 3, 4]) || file.has([0x50, 0x4B, 5, 6]) else { return nil }
      let files = entries.map { $0.split(separator: "/").last.map(String.init) ?? $0 }
      if files.contains("constants.pkl") { return .torchScript }
      if files.contains("data.pkl") { return .torch }
      if files.contains("model.weights.h5") || files.contains("config.json") && files.contains("metadata.json") {
        return .keras
      }
      if files.contains("saved_model.pb") { return .savedModel }
      return files.contains { $0.hasSuffix(".npy") } ? .npz : .zip
    }

    private static func text(_ file: Glimpse) -> Kind? {
      let bytes = file.head.drop { [0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) }
      // The end of the head may cut a character in two.
      let isText = (0...3).contains { String(validating: bytes.dropLast($0), as: UTF8.self) != nil }
      guard bytes.count > 2, isText, !bytes.contains(where: { $0 < 0x20 && ![9, 10, 12, 13].contains($0) }) else {
        return nil
      }
      let start = String(decoding: bytes.prefix(200), as: UTF8.self).lowercased()
      if start.hasPrefix("version https://git-lfs") { return .lfsPointer }
      if start.hasPrefix("<!doctype html") || start.hasPrefix("<html") { return .webPage }
      if start.hasPrefix("{") || start.hasPrefix("[") {
        return file.head.firstRange(of: Array("\"weight_map\"".utf8)) != nil ? .safetensorsIndex : .json
      }
      return .text
    }
  }
}

/// The numbers of a message's fields, one after the other, until what is no message or the end.
private struct ProtobufFields {
  private var bytes: ArraySlice<UInt8>
  /// Whether all so far was a message: the last field may be cut off, but not be anything else.
  private(set) var isMessage = true

  init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

  mutating func next() -> Int? {
    guard isMessage, !bytes.isEmpty else { return nil }
    guard let tag = varint(), tag >> 3 > 0, tag >> 3 < 1 << 29 else {
      isMessage = false
      return nil
    }
    switch tag & 7 {
    case 0: isMessage = varint() != nil
    case 1: bytes = bytes.dropFirst(8)
    case 2:
      guard let length = varint() else {
        isMessage = false
        break
      }
      bytes = bytes.dropFirst(Int(clamping: length))
    case 5: bytes = bytes.dropFirst(4)
    default: isMessage = false
    }
    return isMessage ? Int(tag >> 3) : nil
  }

  private mutating func varint() -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: 0 as UInt64, to: 64, by: 7) {
      guard let byte = bytes.popFirst() else { return nil }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    return nil
  }
}
