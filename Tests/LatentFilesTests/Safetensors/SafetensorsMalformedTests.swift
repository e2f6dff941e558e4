import LatentFiles
import Testing

/// Everything that the format forbids is refused, with the fault that it is.
@Suite struct SafetensorsMalformedTests {
  private static func tensor(_ name: String, _ type: String, _ shape: String, _ begin: Int, _ end: Int) -> String {
    #""\#(name)":{"dtype":"\#(type)","shape":\#(shape),"data_offsets":[\#(begin),\#(end)]}"#
  }

  private func fault(_ header: String, dataByteCount: Int = 0) -> String? {
    safetensorsFault(safetensorsBytes(header: header, dataByteCount: dataByteCount))
  }

  @Test func lengths() {
    #expect(safetensorsFault([]) == "0 bytes are too few for a safetensors file, which begins with 8 bytes of length")
    #expect(
      safetensorsFault([2, 0, 0, 0, 0, 0, 0])
        == "7 bytes are too few for a safetensors file, which begins with 8 bytes of length")
    #expect(
      safetensorsFault([0, 0, 0, 0, 0, 0, 0, 0]) == "the header does not begin with '{': this is not a safetensors file"
    )
    let braces = Array("{}".utf8)
    #expect(safetensorsFault(safetensorsBytes(header: braces)) == nil)
    #expect(
      safetensorsFault(safetensorsBytes(header: braces, length: 3))
        == "the header should have 3 bytes but only 2 follow: the file is cut off")
    #expect(
      safetensorsFault(safetensorsBytes(header: braces, length: 100_000_000))
        == "the header should have 100000000 bytes but only 2 follow: the file is cut off")
    for length in [100_000_001, 0x8000_0000_0000_0000, UInt64.max] {
      #expect(
        safetensorsFault(safetensorsBytes(header: braces, length: length))
          == "a header of \(length) bytes is over the limit of 100000000: this is not a safetensors file")
    }
  }

  @Test func beginningAndEncoding() {
    #expect(fault(" []") == "the header does not begin with '{': this is not a safetensors file")
    #expect(fault("[]") == "the header does not begin with '{': this is not a safetensors file")
    #expect(
      safetensorsFault(safetensorsBytes(header: [0x7B, 0x22, 0xC3, 0x28, 0x22])) == "the header is not valid UTF-8")
    #expect(safetensorsFault(safetensorsBytes(header: [0x7B, 0xED, 0xA0, 0x80])) == "the header is not valid UTF-8")
  }

  /// The header, and the byte at which it stops being one.
  static let syntax: [(header: String, position: Int)] = [
    ("{", 1), ("{}x", 2), ("{}\u{c}", 2), ("{} {}", 3), ("{,}", 1), ("{\"a\"}", 4), ("{\"a\":}", 5), ("{\"a\":1}", 5),
    ("{\"a\":null}", 5), ("{\"a\":[{}]}", 5), ("{'a':1}", 1), ("{\"a", 3), ("{\"a\\", 4), ("{\"\\x\"", 3),
    ("{\"a\tb\":1}", 3), ("{\"\\u12\":1}", 6), ("{\"\\u12g4\":1}", 6), ("{\"\\ud800\":1}", 8),
    ("{\"\\ud800\\n\":1}", 8), ("{\"\\ud800\\u0041\":1}", 14), ("{\"\\udc00\":1}", 8),
    (#"{"__metadata__":1}"#, 16), (#"{"__metadata__":nul}"#, 19), (#"{"__metadata__":{"a":1}}"#, 21),
    (#"{"__metadata__":{"a":{"b":"c"}}}"#, 21), (#"{"__metadata__":{"a":"b",}}"#, 25),
    (#"{"__metadata__":{"a":"b"}"__metadata__":{}}"#, 25),
    (#"{"a":{"dtype":1}}"#, 14), (#"{"a":{"shape":1}}"#, 14), (#"{"a":{"shape":[-1]}}"#, 15),
    (#"{"a":{"shape":[1.0]}}"#, 16), (#"{"a":{"shape":[1e3]}}"#, 16), (#"{"a":{"shape":[01]}}"#, 17),
    (#"{"a":{"shape":["1"]}}"#, 15), (#"{"a":{"shape":[1,]}}"#, 17), (#"{"a":{"shape":[1 2]}}"#, 17),
    (#"{"a":{"shape":[[1]]}}"#, 15), (#"{"a":{"shape":[9223372036854775808]}}"#, 33),
    (#"{"a":{"shape":[92233720368547758070]}}"#, 34), (#"{"a":{"shape":[1"#, 16),
    (#"{"a":{"data_offsets":[]}}"#, 23), (#"{"a":{"data_offsets":[0]}}"#, 24),
    (#"{"a":{"data_offsets":[0,0,0]}}"#, 27),
    (#"{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}"#, 53),
    (#"{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},}"#, 54),
  ]

  @Test(arguments: syntax) func syntaxFaults(header: String, position: Int) throws {
    let found = try #require(self.fault(header), "\(header) was accepted")
    #expect(
      found.hasPrefix("expected ") && found.hasSuffix(" at byte \(position) of the header"), "\(header): \(found)")
  }

  @Test func deepNestingIsRefusedAtOnce() {
    #expect(fault("{\"a\":" + String(repeating: "[", count: 1_000_000)) == "expected '{' at byte 5 of the header")
  }

  @Test func repeatedNames() {
    let one = Self.tensor("a", "F32", "[0]", 0, 0)
    #expect(fault("{\(one)}") == nil)
    // As in the reference implementation, the last of two counts, but for the metadata themselves.
    #expect(fault("{\(Self.tensor("a", "F32", "[9]", 9, 1)),\(one)}") == nil)
    #expect(
      fault("{\(one),\(Self.tensor(#"\u0061"#, "F32", "[9]", 0, 0))}")
        == "tensor \"a\" takes 36 bytes by its shape and type but has 0")
    #expect(fault(#"{"__metadata__":{},"__metadata__":{}}"#) == "the name \"__metadata__\" appears twice in the header")
    // Two names that Swift can't tell apart.
    #expect(
      fault("{\(Self.tensor("\u{e9}", "F32", "[0]", 0, 0)),\(Self.tensor("e\u{301}", "F32", "[0]", 0, 0))}")
        == "the name \"\u{e9}\" appears twice in the header")
  }

  @Test func fields() {
    #expect(fault(#"{"a":{}}"#) == "tensor \"a\" has no field \"dtype\"")
    #expect(fault(#"{"a":{"dtype":"F32"}}"#) == "tensor \"a\" has no field \"shape\"")
    #expect(fault(#"{"a":{"dtype":"F32","shape":[]}}"#) == "tensor \"a\" has no field \"data_offsets\"")
    #expect(fault(#"{"a":{"dtype":"F32","dtype":"F32"}}"#) == "tensor \"a\" has the field \"dtype\" twice")
    #expect(fault(#"{"a":{"shape":[],"shape":[]}}"#) == "tensor \"a\" has the field \"shape\" twice")
    #expect(
      fault(#"{"a":{"data_offsets":[0,0],"data_offsets":[0,0]}}"#)
        == "tensor \"a\" has the field \"data_offsets\" twice")
    // What the format does not know is left alone, as long as it is JSON.
    #expect(fault(#"{"a":{"strides":[1],"dtype":"F32","shape":[0],"data_offsets":[0,0]}}"#) == nil)
    for type in ["F31", "f32", "", "F8_E4M3"] {
      #expect(
        fault("{\(Self.tensor("a", type, "[0]", 0, 0))}")
          == "tensor \"a\" has elements of type \"\(type)\", which is not read: "
          + "store it as F32 or another of BOOL, U8, I8, I16, U16, F16, BF16, I32, U32, F32, F64, I64, U64")
    }
  }

  @Test func sizesAndOffsets() {
    let a = Self.tensor("a", "F32", "[2]", 0, 8)
    #expect(fault("{\(a)}", dataByteCount: 8) == nil)
    #expect(
      fault("{\(a)}", dataByteCount: 7)
        == "the header describes 8 bytes of tensors but 7 are stored: the file is cut off or damaged")
    #expect(
      fault("{\(a)}", dataByteCount: 9)
        == "the header describes 8 bytes of tensors but 9 are stored: the file is cut off or damaged")
    #expect(
      fault("{}", dataByteCount: 1)
        == "the header describes 0 bytes of tensors but 1 are stored: the file is cut off or damaged")
    for (type, size) in [("F32", 12), ("F64", 24), ("F16", 6), ("U8", 3)] {
      let shortBy1 = Self.tensor("a", type, "[3]", 0, size - 1)
      #expect(
        fault("{\(shortBy1)}", dataByteCount: size - 1)
          == "tensor \"a\" takes \(size) bytes by its shape and type but has \(size - 1)")
    }
    // A gap, an overlap, an end before its beginning.
    let others = [("F32", "[1]", 12, 16, 8), ("F32", "[1]", 4, 8, 8)]
    for (type, shape, begin, end, expected) in others {
      let header = "{\(a),\(Self.tensor("b", type, shape, begin, end))}"
      #expect(
        fault(header, dataByteCount: 16)
          == "tensor \"b\" is at bytes \(begin) to \(end) but should begin at \(expected)")
    }
    #expect(
      fault("{\(Self.tensor("a", "U8", "[0]", 0, 0).replacing("[0,0]", with: "[1,0]"))}")
        == "tensor \"a\" is at bytes 1 to 0 but should begin at 1")
    #expect(
      fault("{\(Self.tensor("a", "U8", "[0]", 8, 8))}") == "tensor \"a\" is at bytes 8 to 8 but should begin at 0")
  }

  @Test func shapesThatOverflow() {
    for shape in [
      "[9223372036854775807]", "[4294967296,4294967296]", "[4611686018427387904,2,0]",
      "[4294967296,4294967296,4294967296]",
    ] {
      #expect(
        fault("{\(Self.tensor("a", "F32", shape, 0, 0))}")
          == "the shape of tensor \"a\" has too many elements to count", "\(shape)")
    }
    #expect(fault("{\(Self.tensor("a", "F32", "[0,4611686018427387904,4]", 0, 0))}") == nil)
  }

  @Test func anyOrderAndWhiteSpaceAreAllowed() throws {
    let header =
      "{ \"b\" :\t{\"data_offsets\": [ 4 , 8 ],\n\"shape\":[ ],\"dtype\":\"F32\"} ,\r\n"
      + "\(Self.tensor(#"\ud83E\udde0"#, "U8", "[2,2]", 0, 4)), \"__metadata__\":{ \"k\" : \"\\u00e9\\/\" } }   "
    let file = try SafetensorsFile(bytes: safetensorsBytes(header: header, dataByteCount: 8))
    #expect(file.tensors.map(\.name) == ["🧠", "b"])
    #expect(file.metadata == ["k": "é/"])
    #expect(try file.integers("🧠") == [0, 1, 2, 3])
    #expect(try file.floats("b") == [Float(bitPattern: 0x0706_0504)])
  }

  @Test func messagesAreOneLineThatNamesFileAndFault() throws {
    let header = "{\(Self.tensor(#"line\nbreak"#, "F32", "[2]", 0, 4))}"
    let error = #expect(throws: FileError.self) {
      try SafetensorsFile(bytes: safetensorsBytes(header: header, dataByteCount: 4), name: "w.safetensors")
    }
    #expect(
      error?.description == #"w.safetensors: tensor "line\nbreak" takes 8 bytes by its shape and type but has 4"#)
    let long = #expect(throws: FileError.self) {
      try SafetensorsFile(bytes: SafetensorsFile.encode([]), name: "w").floats(String(repeating: "x", count: 10_000))
    }
    #expect(long?.description.count == "w: has no tensor \"\"...".count + 100)
  }

  @Test func wrongTensorsToWriteStopTheProgram() async {
    await #expect(processExitsWith: .failure) { _ = SafetensorsTensor("a", shape: [2], floats: [1]) }
    await #expect(processExitsWith: .failure) { _ = SafetensorsTensor("a", shape: [-1, -1], floats: [1]) }
    await #expect(processExitsWith: .failure) { _ = SafetensorsTensor("__metadata__", shape: [1], floats: [1]) }
    await #expect(processExitsWith: .failure) {
      let tensor = SafetensorsTensor("a", shape: [1], floats: [1])
      _ = SafetensorsFile.encode([tensor, tensor])
    }
  }
}
