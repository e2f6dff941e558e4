import Foundation
import TestSupport
import Testing

@testable import LatentFiles

/// Files of other programs, by the bytes that these write.
@Suite("Files of other programs") struct ForeignFileTests {
  private static func zip(_ names: String...) -> [UInt8] {
    var archive = ZipWriter()
    for name in names { archive.add(name, [1, 2, 3], isDeflated: false) }
    archive.finish()
    return archive.bytes
  }

  private static let array = StoredArray(shape: [1], floats: [1])

  /// As `torch.save` and others begin.
  private static let files: [(bytes: [UInt8], kind: ForeignFile.Kind)] = [
    (zip("m/data.pkl", "m/byteorder", "m/data/0", "m/version"), .torch),
    (zip("m/data.pkl", "m/code/__torch__.py", "m/constants.pkl"), .torchScript),
    ([0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E, 0x80, 2], .torchLegacy),
    (zip("metadata.json", "config.json", "model.weights.h5"), .keras),
    ([0x89] + Array("HDF\r\n".utf8) + [0x1A, 0x0A, 0, 0], .hdf5),
    ([UInt8](repeating: 0, count: 512) + [0x89] + Array("HDF\r\n".utf8) + [0x1A, 0x0A], .hdf5),
    ([8, 1, 0x12, 3, 1, 2, 3], .savedModel), (Array("....TFL3".utf8), .tensorFlowLite),
    ([0x80, 4, 0x95, 1, 0, 0], .pickle), ([0x80, 3, 0x7D, 0x2E], .pickle), (Array("(dp0\nS'a'\np1\n.".utf8), .pickle),
    ([0x81, 0xA6] + Array("params".utf8) + [0x80], .flax), (Array("GGUF".utf8) + [3, 0, 0, 0], .gguf),
    ([8, 7, 0x12, 6] + Array("Latent".utf8) + [0x3A, 2, 0x12, 0], .onnx), (NPYFile.encode(array), .npy),
    (NPZFile.encode([("a", array)]), .npz), (SafetensorsFile.encode([]), .safetensors),
    // Its length begins as a pickle does.
    (SafetensorsFile.encode([], metadata: ["a": String(repeating: "x", count: 0x0480 - 32)]), .safetensors),
    (idx(sizes: [1, 1, 1], elements: [7]), .idx), ([0x89] + Array("PNG\r\n".utf8), .image),
    ([0xFF, 0xD8, 0xFF, 0xE0], .image),
    (Array("PAR1".utf8), .parquet), (Array("MATLAB 5.0 MAT-file, ".utf8), .matlab), (gzip([1]), .gzip),
    ([UInt8](repeating: 97, count: 257) + Array("ustar".utf8), .tar), (zip("a.txt"), .zip),
    ([0x28, 0xB5, 0x2F, 0xFD], .otherArchive),
    (Array("version https://git-lfs.github.com/spec/v1\n".utf8), .lfsPointer),
    (Array("\n<!doctype HTML>".utf8), .webPage),
    (Array("{\"weight_map\": {}}".utf8), .safetensorsIndex), (Array("{\"a\": 1}".utf8), .json),
    (Array("1,2,3\n".utf8), .text),
  ]

  @Test(arguments: files) func content(bytes: [UInt8], kind: ForeignFile.Kind) throws {
    #expect(ForeignFile(bytes: bytes, name: "x")?.kind == kind)
    // The name says nothing.
    let folder = try TemporaryFolder()
    for name in ["model.safetensors", "model.pt", "data"] {
      try folder.write(bytes, as: name)
      #expect(ForeignFile(folder.file(name))?.kind == kind)
    }
  }

  @Test func nothingThatIsKnown() throws {
    let folder = try TemporaryFolder()
    for bytes in [[], [1], [0, 0, 1, 3], [UInt8](repeating: 0xEE, count: 100)] as [[UInt8]] {
      #expect(ForeignFile(bytes: bytes, name: "x") == nil)
    }
    #expect(ForeignFile(folder.path) == nil && ForeignFile(folder.file("none")) == nil)
  }

  @Test(arguments: [
    (["saved_model.pb", "variables"], ForeignFile.Kind.savedModel), (["encoder.onnx", "decoder.onnx"], .onnxFolder),
    (["data.pkl", "version", "data"], .torch), ([".metadata", "__0_0.distcp"], .torchShards),
    (["config.json", "model.weights.h5"], .keras), (["checkpoint", "ckpt-1.index"], .tensorFlowCheckpoint),
    (["model.safetensors.index.json"], .safetensorsIndex), (["1.PNG"], .imageFolder),
  ])
  func folders(names: [String], kind: ForeignFile.Kind) throws {
    let folder = try TemporaryFolder()
    for name in names { try folder.write([1], as: name) }
    #expect(ForeignFile(folder.path)?.kind == kind)
  }

  /// Each reader says what a file of another kind is, and takes its own damaged files for damaged.
  @Test func readersSayIt() throws {
    for (bytes, kind) in Self.files {
      let file = try #require(ForeignFile(bytes: bytes, name: "x"))
      if ![.safetensors].contains(kind) {
        #expect(throws: FileError(file: "x", reason: file.help(for: .model))) {
          try SafetensorsFile(bytes: bytes, name: "x")
        }
      }
      if kind != .npy {
        #expect(throws: FileError(file: "x", reason: file.help(for: .array))) {
          try NPYFile(bytes: bytes, name: "x")
        }
      }
      if kind != .npz {
        #expect(throws: FileError(file: "x", reason: file.help(for: .model))) {
          try NPZFile(bytes: bytes, name: "x")
        }
      }
    }
    let cut = Array(SafetensorsFile.encode([SafetensorsTensor("a", Self.array)]).prefix(12))
    #expect(safetensorsFault(cut) == "the header should have 56 bytes but only 4 follow: the file is cut off")
  }

  @Test func helpIsOneLineWithThePath() throws {
    for (bytes, _) in Self.files {
      let file = try #require(ForeignFile(bytes: bytes, name: "run\n\"1\"/it's.x"))
      for purpose in [ForeignFile.Purpose.model, .data, .array] {
        let help = file.help(for: purpose)
        #expect(oneLine(help) == help && help.hasPrefix("is \(file.kind.rawValue): "), "\(help)")
      }
    }
    let torch = try #require(ForeignFile(bytes: Self.files[0].bytes, name: "run\n\"1\"/it's.pt"))
    #expect(torch.help(for: .model).contains(#"torch.load("run\n\"1\"/it's.pt", map_location="cpu")"#))
    #expect(
      torch.help(for: .model).hasSuffix(#", "run\n\"1\"/it's.safetensors"); then read that with SafetensorsFile"#))
    // Only the name has an ending, and a dot may begin it.
    for (path, arrays) in [
      ("a.b/c", "a.b/c.npz"), (".keras", ".keras.npz"), ("m.v2.keras", "m.v2.npz"), ("sm/", "sm.npz"),
    ] {
      let keras = try #require(
        ForeignFile(bytes: Self.zip("config.json", "metadata.json", "model.weights.h5"), name: path))
      #expect(keras.help(for: .model).contains("numpy.savez(\"\(arrays)\", "), "\(keras.help(for: .model))")
    }
  }
}
