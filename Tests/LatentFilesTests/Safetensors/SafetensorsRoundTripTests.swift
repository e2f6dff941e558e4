import Foundation
import LatentFiles
import Testing

@Suite struct SafetensorsRoundTripTests {
  static let tensors = [
    SafetensorsTensor("b.floats", shape: [2, 3], floats: [1, -2, 3.5, .infinity, -0.0, .leastNonzeroMagnitude]),
    SafetensorsTensor("a.doubles", shape: [2], doubles: [.pi, -.greatestFiniteMagnitude]),
    SafetensorsTensor("c.integers", shape: [3], integers: [0, .min, .max]),
    SafetensorsTensor("d.bytes", shape: [3], elementType: .uint8, bytes: [0, 127, 255]),
    SafetensorsTensor("e.scalar", shape: [], floats: [7]),
    SafetensorsTensor("f.empty", shape: [4, 0], floats: []),
    SafetensorsTensor("g.empty", shape: [0], floats: []),
  ]

  @Test func everyElementComesBack() throws {
    let file = try SafetensorsFile(bytes: SafetensorsFile.encode(Self.tensors, metadata: ["step": "12"]))
    #expect(file.metadata == ["step": "12"])
    #expect(file.tensors.count == Self.tensors.count)
    for tensor in Self.tensors {
      let entry = try #require(file.entry(named: tensor.name))
      #expect(entry.shape == tensor.shape)
      #expect(entry.elementType == tensor.elementType)
      #expect(entry.elementCount == tensor.shape.reduce(1, *))
      #expect(try file.rawBytes(tensor.name) == tensor.bytes)
    }
    #expect(try file.floats("b.floats") == [1, -2, 3.5, .infinity, -0.0, .leastNonzeroMagnitude])
    #expect(try file.floats("b.floats")[4].sign == .minus)
    #expect(try file.doubles("a.doubles") == [.pi, -.greatestFiniteMagnitude])
    #expect(try file.integers("c.integers") == [0, .min, .max])
    #expect(try file.integers("d.bytes") == [0, 127, 255])
    #expect(try file.floats("e.scalar") == [7])
    #expect(try file.doubles("f.empty") == [])
  }

  /// What the reference implementation writes for the same tensors, byte for byte.
  @Test func bytesAreThoseOfTheReferenceImplementation() {
    let header =
      #"{"__metadata__":{"k":"v"},"d":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},"#
      + #""a":{"dtype":"F32","shape":[1,2],"data_offsets":[8,16]},"b":{"dtype":"F32","shape":[],"data_offsets":[16,20]}}"#
    let padded = header + String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
    let tensors = [
      SafetensorsTensor("b", shape: [], floats: [2]),
      SafetensorsTensor("d", shape: [1], doubles: [1]),
      SafetensorsTensor("a", shape: [1, 2], floats: [1, -1]),
    ]
    let expected =
      safetensorsBytes(header: padded)
      + [0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0, 0, 0x80, 0x3F, 0, 0, 0x80, 0xBF, 0, 0, 0, 0x40]
    #expect(SafetensorsFile.encode(tensors, metadata: ["k": "v"]) == expected)
    #expect(SafetensorsFile.encode(tensors.reversed(), metadata: ["k": "v"]) == expected)
  }

  @Test(arguments: 0..<9) func dataBeginsAtAMultipleOfEight(nameLength: Int) throws {
    let name = String(repeating: "n", count: nameLength)
    let bytes = SafetensorsFile.encode([SafetensorsTensor(name, shape: [1], doubles: [1])])
    #expect(bytes.count % 8 == 0)
    #expect(try SafetensorsFile(bytes: bytes).doubles(name) == [1])
  }

  @Test(arguments: ["", "\"\\/", "\0\u{1}\u{8}\t\n\u{c}\r\u{1f}\u{7f}", "Größe 重み 🧠", "\\u0041", "{\"a\":1}"])
  func namesAndMetadataSurviveEscaping(text: String) throws {
    let tensor = SafetensorsTensor(text, shape: [1], floats: [3])
    let file = try SafetensorsFile(bytes: SafetensorsFile.encode([tensor], metadata: [text: text]))
    #expect(file.metadata == [text: text])
    #expect(file.tensors.map(\.name) == [text])
    #expect(try file.floats(text) == [3])
  }

  @Test func emptyFile() throws {
    let bytes = SafetensorsFile.encode([])
    #expect(bytes == safetensorsBytes(header: "{}      "))
    #expect(try SafetensorsFile(bytes: bytes).tensors.isEmpty)
  }

  @Test func filesOnDisk() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("safetensors-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("weights.safetensors").path
    try SafetensorsFile.write([SafetensorsTensor("old", shape: [1], floats: [1])], to: path)
    try SafetensorsFile.write(Self.tensors, metadata: ["a": "b"], to: path)
    #expect(
      try Array(Data(contentsOf: URL(fileURLWithPath: path)))
        == SafetensorsFile.encode(Self.tensors, metadata: ["a": "b"]))
    #expect(try SafetensorsFile(contentsOf: path).tensors.count == Self.tensors.count)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["weights.safetensors"])

    // What can't be a file leaves the one that is there.
    let twice = #expect(throws: FileError.self) {
      try SafetensorsFile.write(Self.tensors + [Self.tensors[0]], to: path)
    }
    #expect(twice?.file == path && twice?.reason.contains("two tensors have the name") == true)
    #expect(try SafetensorsFile(contentsOf: path).tensors.count == Self.tensors.count)

    // A folder can't be replaced by a file: the failed write leaves nothing behind.
    let inner = folder.appendingPathComponent("inner").path
    try FileManager.default.createDirectory(atPath: inner, withIntermediateDirectories: true)
    let error = #expect(throws: FileError.self) { try SafetensorsFile.write([], to: inner) }
    #expect(error?.file == inner)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["inner", "weights.safetensors"])
    #expect(
      throws: FileError(
        file: "/no/such/file", reason: "cannot be written: No such file or directory; create its folder first")
    ) {
      try SafetensorsFile.write([], to: "/no/such/file")
    }
    #expect(
      throws: FileError(file: "/no/such/file", reason: "cannot be read: No such file or directory; check the path")
    ) {
      try SafetensorsFile(contentsOf: "/no/such/file")
    }
    #expect(
      throws: FileError(
        file: folder.path, reason: "cannot be read: Is a directory; this is a folder, name a file in it")
    ) {
      try SafetensorsFile(contentsOf: folder.path)
    }
  }
}
