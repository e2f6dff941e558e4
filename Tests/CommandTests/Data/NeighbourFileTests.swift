import Foundation
import Latent
import LatentData
import LatentFiles
import LatentTraining
import Testing

/// Files of other programs and odd names, as the program meets them: one line that says what to do.
@Suite struct NeighbourFileTests {
  /// A zip archive with the entry that those of `torch.save` have.
  private static let torch: [UInt8] = {
    var bytes = NPZFile.encode([("data", StoredArray(shape: [1], floats: [1]))])
    for place in bytes.indices where bytes[place...].starts(with: "data.npy".utf8) {
      bytes.replaceSubrange(place..<place + 8, with: "data.pkl".utf8)
    }
    for place in bytes.indices where bytes[place] == 0x93 { bytes[place] = 0x80 }
    return bytes
  }()

  @Test func everyCommandSaysWhatItIs() throws {
    let folder = try Folder()
    #expect(try Program.train(["--output", "run", "--epochs", "1"], in: folder).status == 0)
    // Recognised by what is in it, whatever its name.
    try folder.write("m.safetensors", Self.torch)
    try folder.write("saved/saved_model.pb", [8, 1])
    let model = ["--model", "m.safetensors"]
    let commands =
      [
        ["evaluate"] + model, ["doctor"] + model, ["encode", "-o", "x.npy"] + model,
        ["reconstruct", "-o", "x.npy"] + model,
        ["picture", "samples"] + model, ["report"] + model, ["export", "--format", "torch", "-o", "x"] + model,
        ["decode", "-o", "x.npy", "points.npy"] + model, ["decode", "-o", "x.npy", "--model", "run", "m.safetensors"],
        ["--data", "m.safetensors"], ["evaluate", "--model", "run", "--data", "m.safetensors"],
        ["summary", "--data", "m.safetensors"],
      ]
      + ["keras", "torch", "npz", "safetensors", "onnx"].map { ["import", "m.safetensors", "--format", $0, "-o", "x"] }
    for command in commands where command[0] != "summary" {
      let result = try Program.run(command, in: folder)
      #expect(result.status == 1 && result.errorLines.count == 1, "\(command): \(result.errors)")
      #expect(
        result.errors.contains("is a PyTorch archive: in Python, import")
          && result.errors.contains("torch.load(\"m.safetensors\""),
        "\(command): \(result.errors)")
    }
    for command in [
      ["evaluate", "--model", "saved"], ["import", "saved", "--format", "keras", "-o", "x"], ["--data", "saved"],
    ] {
      let result = try Program.run(command, in: folder)
      #expect(
        result.status == 1 && result.errorLines.count == 1 && result.errors.contains("is a TensorFlow SavedModel: "),
        "\(command): \(result.errors)")
    }
    #expect(folder.contents.filter { $0.hasPrefix("x") } == [])
  }

  @Test func wrappedAndBrokenWeights() throws {
    let folder = try Folder()
    #expect(try Program.train(["--output", "run", "--epochs", "1"], in: folder).status == 0)
    #expect(try Program.run(["export", "--model", "run", "--format", "torch", "-o", "t"], in: folder).status == 0)
    let file = try SafetensorsFile(contentsOf: folder.path("t"))
    let tensors = try file.tensors.map { entry in
      var values = try file.floats(entry.name)
      if entry.name == "encoder.mean.bias" { values[1] = .nan }
      return SafetensorsTensor("module._orig_mod." + entry.name, shape: entry.shape, floats: values)
    }
    try SafetensorsFile.write(tensors, metadata: file.metadata, to: folder.path("wrapped"))
    let there = try Program.run(["import", "wrapped", "--format", "torch", "-o", "m.safetensors"], in: folder)
    #expect(there.status == 0)
    #expect(
      there.errorLines == [
        "Note: all names begin with \"module._orig_mod.\", which is taken off",
        "Warning: encoder.mean.bias has 1 of 16 numbers that are not finite: 1 NaN",
      ])
    let back = try Program.run(["export", "--model", "m.safetensors", "--format", "npz", "-o", "n"], in: folder)
    #expect(back.status == 0)
    #expect(back.errorLines == ["Warning: encoder.mean.bias has 1 of 16 numbers that are not finite: 1 NaN"])
  }

  /// Swift's strings are UTF-8: of other names another file would be read, or made.
  @Test(arguments: ["vae-train", "vae-bench"])
  func argumentsThatAreNotUTF8(program: String) throws {
    let folder = try Folder()
    for (option, shown) in [("--data", "$'\\xff\\'a'"), ("--output", "$'\\xff\\'a'")] {
      let result = try Program.run(
        [option], in: folder, shell: "exec \"$@\" \"$(printf \"\\\\377'a\")\"", program: program)
      #expect(result.status == 64)
      #expect(
        result.errorLines == [
          "Error: the argument \(shown) is not UTF-8: give the file or folder a name that is, or a link of such a name"
        ])
    }
    #expect(folder.contents.isEmpty)
  }

  /// The folder that the program runs in may be called anything: paths that it is given are those it uses.
  @Test func aWorkingFolderThatIsNotUTF8() throws {
    let folder = try Folder()
    let options = ["--data", "synthetic", "--limit", "20", "--epochs", "1", "--hidden-size", "4", "--output", "out"]
    let script = "d=$(printf 'a\\377'); mkdir -p \"$d\"; cd \"$d\"; "
    for more in [[], ["--force"]] {
      let result = try Program.run(options + more, in: folder, shell: script + "exec \"$@\"")
      #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
    }
    // A file that is replaced through a link is found by its whole path.
    let result = try Program.run(
      ["export", "--model", "out", "--format", "npz", "--output", "link", "--force"], in: folder,
      shell: script + "echo 1 >w; ln -s w link; \"$@\" && test -L link && test $(wc -c <w) -gt 1000")
    #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
  }

  @Test func oddNames() throws {
    let folder = try Folder()
    let long = String(repeating: "x", count: 300)
    try folder.write("a\nb/t10k-images-idx3-ubyte", Array("no".utf8))
    for (name, shown) in [("a\nb", "a?b"), ("\u{1b}[31m", "?[31m"), ("a=b", "a=b"), ("-x", "-x"), (long, long)] {
      for command in [
        ["--data", name], ["evaluate", "--model", name], ["import", "--format", "torch", "-o", "w", "--", name],
      ] {
        let result = try Program.run(command, in: folder)
        #expect(result.status == 1 && result.errorLines.count == 1, "\(command): \(result.errors)")
        #expect(result.errors.contains(shown), "\(command): \(result.errors)")
        #expect(!result.errors.contains("\u{1b}"))
      }
    }
    for name in ["a\nb=c", "-x"] {
      let result = try Program.train(["--output", name, "--epochs", "1"], in: folder)
      #expect(result.status == 0, "\(result.errors)")
      #expect(try Program.run(["evaluate", "--model", name, "--limit", "5"], in: folder).status == 0)
    }
  }
}
