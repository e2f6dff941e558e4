import LatentFiles
import Testing

/// Everything that the format forbids is refused, with the fault that it is.
@Suite("Malformed npy files") struct NPYMalformedTests {
  private func fault(_ bytes: [UInt8]) -> String? {
    do throws(FileError) {
      _ = try NPYFile(bytes: bytes)
      return nil
    } catch { return error.reason }
  }

  private static func header(
    _ descr: String = "'|u1'", fortran: String = "False", shape: String = "(3,)"
  ) -> String { "{'descr': \(descr), 'fortran_order': \(fortran), 'shape': \(shape), }\n" }

  @Test func everyTruncation() throws {
    let whole = NPYFile.encode(NumPyFixtures.numbers(.uint8, [3]))
    #expect(fault(whole) == nil)
    for count in 0..<whole.count { #expect(fault(Array(whole[..<count])) != nil, "\(count) bytes") }
    #expect(fault([]) == "does not begin with NumPy's magic string: this is not an .npy file")
    #expect(fault(Array(whole[..<5])) == "does not begin with NumPy's magic string: this is not an .npy file")
    #expect(fault(Array(whole[..<6])) == "the header should have 2 bytes but only 0 follow: the file is cut off")
    #expect(fault(Array(whole[..<9])) == "the header should have 2 bytes but only 1 follow: the file is cut off")
    #expect(fault(Array(whole[..<100])) == "the header should have 118 bytes but only 90 follow: the file is cut off")
    #expect(fault(whole.dropLast()) == "takes 3 bytes by its shape and type but has 2: the file is cut off or damaged")
    // Another array may follow, which is not this one's.
    #expect(fault(whole + whole) == nil)
  }

  @Test func versions() {
    let data: [UInt8] = [1, 2, 3]
    for version: UInt8 in 1...3 {
      #expect(fault(npyBytes(Self.header(), version: version, data: data)) == nil)
    }
    for version: UInt8 in [0, 4, 255] {
      #expect(
        fault(npyBytes(Self.header(), version: version))
          == "has version \(version).0 of the format; 1.0, 2.0 and 3.0 are read")
    }
    var minor = npyBytes(Self.header(), data: data)
    minor[7] = 1
    #expect(fault(minor) == "has version 1.1 of the format; 1.0, 2.0 and 3.0 are read")
    // 4 GiB of header in a file of a few bytes.
    #expect(
      fault([0x93] + Array("NUMPY".utf8) + [2, 0, 255, 255, 255, 255, 0x7B])
        == "the header should have \(0xFFFF_FFFF) bytes but only 1 follow: the file is cut off")
  }

  @Test func encodings() {
    // Latin-1, in which the two bytes of UTF-8 are two characters.
    #expect(
      fault(npyBytes(Self.header("'é'"), version: 1))
        == "has elements of type \"Ã©\", which is not read: save it as numbers, such as float32")
    #expect(
      fault(npyBytes(Self.header("'é'"), version: 2))
        == "has elements of type \"Ã©\", which is not read: save it as numbers, such as float32")
    #expect(
      fault(npyBytes(Self.header("'é'"), version: 3))
        == "has elements of type \"é\", which is not read: save it as numbers, such as float32")
    var invalid = npyBytes(Self.header(), version: 3)
    invalid[15] = 0xFF
    #expect(fault(invalid) == "the header is not UTF-8, as version 3 of the format demands")
  }

  @Test func whatPythonAllowsIsRead() {
    let data: [UInt8] = [1, 2, 3]
    let headers = [
      #"{"shape":(3,),"descr":'|u1',"fortran_order":True}"#,
      "{'fortran_order': False, 'descr': '<u1',\n 'shape': ( 3 , ) ,\t}  \r\n ",
      "  {'descr': '>i1', 'shape': (1, 3, 1,), 'fortran_order': False}",
      "{'descr': '|b1', 'shape': (3, 1), 'fortran_order': True,}",
    ]
    for header in headers { #expect(fault(npyBytes(header, data: data)) == nil, "\(header)") }
  }

  /// The header, and the byte at which it stops being one.
  static let syntax: [(header: String, position: Int)] = [
    ("", 0), ("[", 0), ("{", 1), ("{,}", 1), ("{'descr'}", 8), ("{descr: 1}", 1), ("{'descr': 1}", 10),
    ("{'descr': '|u1", 14), ("{'descr': '\\x3c'}", 11), ("{'descr': '|u1\"", 15), ("{'descr': '|u1' 'shape'", 16),
    ("{'shape': 3}", 10), ("{'shape': (3)}", 12), ("{'shape': (3", 12), ("{'shape': (,)}", 11),
    ("{'shape': (3,,)}", 13), ("{'shape': (3, 4 5)}", 16), ("{'shape': [3]}", 10), ("{'shape': (-1,)}", 11),
    ("{'shape': (1.0,)}", 12), ("{'shape': (03,)}", 13), ("{'shape': (3LL,)}", 13), ("{'shape': (0x3,)}", 12),
    ("{'shape': (1_0,)}", 12), ("{'shape': (9223372036854775808,)}", 29), ("{'shape': ((3,),)}", 11),
    ("{'shape': (True,)}", 11), ("{'fortran_order': true}", 18), ("{'fortran_order': 1}", 18),
    ("{'fortran_order': Truex}", 22), ("{'fortran_order': Non", 18), (header() + "x", header().utf8.count),
    (header() + "{}", header().utf8.count),
  ]

  @Test(arguments: syntax) func syntaxFaults(header: String, position: Int) throws {
    let found = try #require(fault(npyBytes(header)), "\(header) was accepted")
    #expect(
      found.hasPrefix("expected ") && found.hasSuffix(" at byte \(position) of the header"), "\(header): \(found)")
  }

  @Test func keys() {
    #expect(fault(npyBytes("{}")) == "the header has no key \"descr\"")
    #expect(fault(npyBytes("{'descr': '|u1'}")) == "the header has no key \"fortran_order\"")
    #expect(fault(npyBytes("{'fortran_order': True, 'descr': '|u1'}")) == "the header has no key \"shape\"")
    #expect(fault(npyBytes("{'order': 'C'}")) == "the header has the unknown key \"order\"")
  }

  @Test func types() throws {
    #expect(
      try fault(NumPyFixtures.bytes("record.npy"))
        == "holds records (a structured type); save each field as an array of its own")
    #expect(
      try fault(NumPyFixtures.bytes("object.npy"))
        == "holds Python objects (type O), which are never read; save it as numbers")
    #expect(
      try fault(NumPyFixtures.bytes("complex.npy"))
        == "has elements of type \"<c8\", which is not read: save it as numbers, such as float32")
    #expect(
      fault(npyBytes(Self.header("('<f4', (2,))")))
        == "holds records (a structured type); save each field as an array of its own")
    #expect(
      fault(npyBytes(Self.header("'|V6'")))
        == "holds records (a structured type); save each field as an array of its own")
    for type in ["", "<", "<f3", "<F4", "<U3", "|S3", "<M8[ns]", "<f16", "<u1 ", "!f4", "<float32", "Float32"] {
      #expect(
        fault(npyBytes(Self.header("'\(type)'")))
          == "has elements of type \"\(type)\", which is not read: save it as numbers, such as float32")
    }
  }

  @Test func shapes() {
    for shape in ["9223372036854775807, 2", "4294967296, 4294967296", "4611686018427387904, 4, 0"] {
      #expect(
        fault(npyBytes(Self.header("'<f8'", shape: "(\(shape))")))
          == "the shape [\(shape)] takes more bytes than can be counted")
    }
    let ones = (1...65).map { _ in "1" }
    #expect(
      fault(npyBytes(Self.header(shape: "(\(ones.joined(separator: ", ")))"))) == "has more than 64 dimensions")
    let most = ones.dropLast().joined(separator: ", ")
    #expect(fault(npyBytes(Self.header(shape: "(\(most))"), data: [7])) == nil)
    // Nothing is allocated for what the file does not hold.
    #expect(
      fault(npyBytes(Self.header(shape: "(1099511627776,)")))
        == "takes \(1 << 40) bytes by its shape and type but has 0: the file is cut off or damaged")
    #expect(fault(npyBytes(Self.header(shape: "(0, 1099511627776)"))) == nil)
  }

  @Test func messagesAreOneLineThatNamesFileAndFault() throws {
    let error = #expect(throws: FileError.self) {
      try NPYFile(bytes: npyBytes(Self.header("'<c8'")), name: "w.npy")
    }
    #expect(
      error?.description
        == #"w.npy: has elements of type "<c8", which is not read: save it as numbers, such as float32"#)
  }
}
