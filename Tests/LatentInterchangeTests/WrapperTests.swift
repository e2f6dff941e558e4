import Latent
import LatentData
import LatentFiles
import LatentTraining
import TestSupport
import Testing

@testable import LatentInterchange

/// What wrappers of a model add to its tensors' names.
struct WrapperTests {
  private static let plan = TableTests.forms[0]

  /// The model, by names that each is made longer by.
  private func read(
    _ format: InterchangeFormat, _ rename: (Int, String) -> String
  ) throws(FileError) -> (saved: SavedModel, notes: [String]) {
    let exported = format.table.exported(TableTests.model(Self.plan).model, Self.plan).sorted { $0.name < $1.name }
    let tensors = Dictionary(
      uniqueKeysWithValues: exported.enumerated().map { (rename($0, $1.name), $1.value) })
    var notes: [String] = []
    let saved = try format.model(of: WeightFile(tensors, metadata: Self.plan.metadata, name: "w")) { notes.append($0) }
    return (saved, notes)
  }

  private func isTheSame(_ saved: SavedModel) -> Bool {
    zip(saved.model.tensors, TableTests.model(Self.plan).model.tensors).allSatisfy {
      $0.value.hasSameBits(as: $1.value)
    }
  }

  @Test(arguments: [
    "module.", "_orig_mod.", "module._orig_mod.", "_orig_mod.module.", "model.", "net.", "_fsdp_wrapped_module.",
    "lightning.model._orig_mod.",
  ])
  func whatAllNamesBeginWith(_ prefix: String) throws {
    for format in [InterchangeFormat.torch, .safetensors, .onnx] {
      let (saved, notes) = try read(format) { _, name in prefix + name }
      #expect(isTheSame(saved) && notes == ["all names begin with \"\(prefix)\", which is taken off"])
    }
    let (saved, notes) = try read(.keras) { _, name in prefix.replacing(".", with: "/") + name }
    #expect(
      isTheSame(saved) && notes == ["all names begin with \"\(prefix.replacing(".", with: "/"))\", which is taken off"])
  }

  @Test func aModelsOwnNamesHaveNothingInCommon() throws {
    #expect(try read(.torch) { _, name in name }.notes == [])
    // The decoder alone does: its name is no wrapper.
    let exported = TorchTable().exported(TableTests.model(Self.plan).model, Self.plan).filter {
      $0.name.hasPrefix("decoder")
    }
    let file = WeightFile(Dictionary(uniqueKeysWithValues: exported.map { ($0.name, $0.value) }), name: "w")
    let (same, notes) = file.unwrapped(separator: ".")
    #expect(notes == [] && Set(same.tensors.keys) == Set(exported.map(\.name)))
  }

  @Test func whatCompilersPutInside() throws {
    let (saved, notes) = try read(.torch) { _, name in
      "module."
        + name.replacing("encoder.", with: "encoder._orig_mod.")
        .replacing("hidden.", with: "_fsdp_wrapped_module.hidden.")
    }
    #expect(isTheSame(saved))
    #expect(
      notes == [
        "all names begin with \"module.\", which is taken off",
        "names have \"_fsdp_wrapped_module.\" and \"_orig_mod.\" inside, which is taken out",
      ])
  }

  @Test func namesThatDiffer() throws {
    let error = #expect(throws: FileError.self) { try read(.torch) { $0 < 5 ? "module." + $1 : $1 } }
    let count = TorchTable().exported(TableTests.model(Self.plan).model, Self.plan).count
    #expect(
      error?.description.hasSuffix(": 5 of \(count) names begin with \"module.\", which is taken off where all do")
        == true)
    // Names of another program, and of none.
    #expect(
      throws: FileError(
        file: "w",
        reason: "has none of a model's tensors, such as decoder/hidden/bias: its names are those of --format torch")
    ) {
      let tensors = TorchTable().exported(TableTests.model(Self.plan).model, Self.plan)
      _ = try InterchangeFormat.keras.model(
        of: WeightFile(Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0.value) }), name: "w"))
    }
    #expect(
      throws: FileError(
        file: "w", reason: "has none of a model's tensors, such as decoder/hidden/bias, but \"x_train\"")
    ) {
      _ = try InterchangeFormat.keras.model(of: WeightFile(["x_train": Tensor(zeros: [1])], name: "w"))
    }
    #expect(
      throws: FileError(
        file: "w", reason: "has none of a model's tensors, such as decoder.hidden.bias: it is empty")
    ) {
      _ = try InterchangeFormat.torch.model(of: WeightFile([:], name: "w"))
    }
    // A model file that is another program's says whose.
    let tensors = TorchTable().exported(TableTests.model(Self.plan).model, Self.plan)
    #expect(
      throws: FileError(
        file: "w",
        reason: "its tensors are named as PyTorch's are, and not as a model's of Latent")
    ) {
      _ = try SavedModel(Dictionary(uniqueKeysWithValues: tensors.map { ("module." + $0.name, $0.value) }), file: "w")
    }
  }

  @Test func numbersThatAreNotFinite() throws {
    #expect(TableTests.model(Self.plan).notFinite == [])
    var tensors = Dictionary(
      uniqueKeysWithValues: TableTests.model(Self.plan).model.tensors.map { ($0.path, $0.value) })
    tensors["encoder.mean.bias"] = Tensor([.nan, 1, -.infinity], shape: [3])
    #expect(
      try SavedModel(tensors, metadata: Self.plan.metadata, file: "w").notFinite
        == ["encoder.mean.bias has 2 of 3 numbers that are not finite: 1 NaN, 1 infinite"])
    for (path, tensor) in tensors { tensors[path] = Tensor(repeating: .nan, shape: tensor.shape) }
    let all = try SavedModel(tensors, metadata: Self.plan.metadata, file: "w").notFinite
    #expect(all.count == 6 && all[5] == "\(tensors.count - 5) more tensors have numbers that are not finite")
  }
}
