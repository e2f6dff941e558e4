import LatentKernels
import TestSupport
import Testing

@testable import LatentFiles

/// Each file is read or refused as by the format's own reader, `safetensors`, NumPy or gzip, and holds the same.
struct VerdictTests {
  private static func check(_ reader: String, _ read: ([UInt8]) throws -> [String: Verdict.Content]) throws {
    let verdicts = try Verdict.all(of: reader)
    #expect(verdicts.contains { $0.holds == nil } && verdicts.contains { $0.holds != nil })
    for verdict in verdicts {
      var found: [String: Verdict.Content]?
      var refusal = ""
      do { found = try read(verdict.bytes) } catch { refusal = "\(error)" }
      #expect(found == (verdict.ours == "refused" ? nil : verdict.holds), "\(verdict): \(refusal)")
    }
  }

  @Test func safetensors() throws {
    try Self.check("safetensors") { bytes in
      let file = try SafetensorsFile(bytes: bytes)
      return try Dictionary(
        uniqueKeysWithValues: file.tensors.map { entry in
          (entry.name, Verdict.Content(entry.elementType.name, entry.shape, try file.rawBytes(entry.name)))
        })
    }
  }

  private static func content(_ array: StoredArray) -> Verdict.Content {
    Verdict.Content(NPYElementType.codes[array.elementType] ?? "", array.shape, array.bytes)
  }

  @Test func npy() throws { try Self.check("npy") { ["": Self.content(try NPYFile(bytes: $0).array)] } }

  @Test func npz() throws {
    try Self.check("npz") { bytes in
      let file = try NPZFile(bytes: bytes)
      return try Dictionary(uniqueKeysWithValues: file.names.map { ($0, Self.content(try file.array($0))) })
    }
  }

  @Test func gzip() throws {
    try Self.check("gzip") { bytes in
      ["": Verdict.Content("u1", [], try ContentReader(FileReader(bytes: bytes, name: "gzip")).read(count: 1000))]
    }
  }
}
