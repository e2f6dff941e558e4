import LatentFiles
import Testing

/// Everything that the format forbids is refused, with the fault that it is.
@Suite("Malformed npy files") struct NPYMalformedTests {
  private func fault(_ bytes: [UInt8]) -> NumPyFault? {
    do throws(NumPyError) {
      _ = try NPYFile(bytes: bytes)
      return nil
    } catch { return error.fault }
  }

  private static func header(
    _ descr: String = "'|u1'", fortran: String = "False", shape: String = "(3,)"
  ) -> String { "{'descr': \(descr), 'fortran_order': \(fortran), 'shape': \(shape), }\n" }

  @Test func everyTruncation() throws {
    let whole = NPYFile.encode(NumPyFixtures.numbers(.uint8, [3]))
    #expect(fault(whole) == nil)
    for count in 0..<whole.count { #expect(fault(Array(whole[..<count])) != nil, "\(count) bytes") }
    #expect(fault([]) == .notNPY)
    #expect(fault(Array(whole[..<5])) == .notNPY)
    #expect(fault(Array(whole[..<6])) == .headerCutOff(byteCount: 2, available: 0))
    #expect(fault(Array(whole[..<9])) == .headerCutOff(byteCount: 2, available: 1))
    #expect(fault(Array(whole[..<100])) == .headerCutOff(byteCount: 118, available: 90))
    #expect(fault(whole.dropLast()) == .wrongSize(expected: 3, actual: 2))
    // Another array may follow, which is not this one's.
    #expect(fault(whole + whole) == nil)
  }

  @Test func versions() {
    let data: [UInt8] = [1, 2, 3]
    for version: UInt8 in 1...3 {
      #expect(fault(npyBytes(Self.header(), version: version, data: data)) == nil)
    }
    for version: UInt8 in [0, 4, 255] {
      #expect(fault(npyBytes(Self.header(), version: version)) == .unknownVersion(major: version, minor: 0))
    }
    var minor = npyBytes(Self.header(), data: data)
    minor[7] = 1
    #expect(fault(minor) == .unknownVersion(major: 1, minor: 1))
    // 4 GiB of header in a file of a few bytes.
    #expect(
      fault([0x93] + Array("NUMPY".utf8) + [2, 0, 255, 255, 255, 255, 0x7B])
        == .headerCutOff(byteCount: 0xFFFF_FFFF, available: 1))
  }

  @Test func encodings() {
    // Latin-1, in which the two bytes of UTF-8 are two characters.
    #expect(fault(npyBytes(Self.header("'é'"), version: 1)) == .unknownType("Ã©"))
    #expect(fault(npyBytes(Self.header("'é'"), version: 2)) == .unknownType("Ã©"))
    #expect(fault(npyBytes(Self.header("'é'"), version: 3)) == .unknownType("é"))
    var invalid = npyBytes(Self.header(), version: 3)
    invalid[15] = 0xFF
    #expect(fault(invalid) == .headerEncoding)
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
    guard case .headerSyntax(let at, _) = found else {
      Issue.record("\(header): \(found)")
      return
    }
    #expect(at == position, "\(header): \(found)")
  }

  @Test func keys() {
    #expect(fault(npyBytes("{}")) == .missingKey("descr"))
    #expect(fault(npyBytes("{'descr': '|u1'}")) == .missingKey("fortran_order"))
    #expect(fault(npyBytes("{'fortran_order': True, 'descr': '|u1'}")) == .missingKey("shape"))
    #expect(fault(npyBytes("{'order': 'C'}")) == .unexpectedKey("order"))
  }

  @Test func types() throws {
    #expect(try fault(NumPyFixtures.bytes("record.npy")) == .structuredType)
    #expect(try fault(NumPyFixtures.bytes("object.npy")) == .objectType)
    #expect(try fault(NumPyFixtures.bytes("complex.npy")) == .unknownType("<c8"))
    #expect(fault(npyBytes(Self.header("('<f4', (2,))"))) == .structuredType)
    #expect(fault(npyBytes(Self.header("'|V6'"))) == .structuredType)
    for type in ["", "<", "<f3", "<F4", "<U3", "|S3", "<M8[ns]", "<f16", "<u1 ", "!f4", "<float32", "Float32"] {
      #expect(fault(npyBytes(Self.header("'\(type)'"))) == .unknownType(type))
    }
  }

  @Test func shapes() {
    for shape in ["9223372036854775807, 2", "4294967296, 4294967296", "4611686018427387904, 4, 0"] {
      guard case .shapeTooLarge? = fault(npyBytes(Self.header("'<f8'", shape: "(\(shape))"))) else {
        Issue.record("\(shape)")
        continue
      }
    }
    let ones = (1...65).map { _ in "1" }
    #expect(
      fault(npyBytes(Self.header(shape: "(\(ones.joined(separator: ", ")))"))) == .tooManyDimensions(limit: 64))
    let most = ones.dropLast().joined(separator: ", ")
    #expect(fault(npyBytes(Self.header(shape: "(\(most))"), data: [7])) == nil)
    // Nothing is allocated for what the file does not hold.
    #expect(
      fault(npyBytes(Self.header(shape: "(1099511627776,)")))
        == .wrongSize(expected: 1 << 40, actual: 0))
    #expect(fault(npyBytes(Self.header(shape: "(0, 1099511627776)"))) == nil)
  }

  @Test func messagesAreOneLineThatNamesFileAndFault() throws {
    let error = #expect(throws: NumPyError.self) {
      try NPYFile(bytes: npyBytes(Self.header("'<c8'")), name: "w.npy")
    }
    #expect(
      error?.description
        == #"w.npy: has elements of type "<c8", which is not read: save it as numbers, such as float32"#)
  }
}
