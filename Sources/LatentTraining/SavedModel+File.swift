import Latent
import LatentData
import LatentFiles
import LatentVAE

extension SavedModel {
  /// Reads a weights file, a checkpoint, or a run's folder: its `model.safetensors`, or its newest checkpoint where it has
  /// none yet.
  ///
  /// - Throws: ``LatentFiles/FileError``
  public init(contentsOf path: String) throws(FileError) {
    try self.init(SafetensorsFile(contentsOf: Self.file(in: path)))
  }

  /// The model of a weights file or checkpoint that is in memory already.
  ///
  /// - Throws: ``LatentFiles/FileError``
  public init(_ file: SafetensorsFile) throws(FileError) {
    guard Checkpoint.isCheckpoint(file) else {
      try self.init(file.allTensors(), metadata: file.metadata, file: file.name)
      return
    }
    let checkpoint = try Checkpoint(file)
    let tensors = Dictionary(uniqueKeysWithValues: checkpoint.tensors.map { ($0.path, $0.value) })
    try self.init(tensors, metadata: checkpoint.settings, file: file.name)
  }

  /// A model of tensors by their paths, whose plan is found in them and in what is known beside them.
  ///
  /// - Parameters:
  ///   - metadata: see ``LatentVAE/ModelPlan/init(shapes:metadata:)``
  ///   - file: where they are from, for errors
  /// - Throws: ``LatentFiles/FileError``
  public init(
    _ tensors: [String: Tensor], metadata: [String: String] = [:], file: String
  ) throws(FileError) {
    let plan: ModelPlan
    do {
      plan = try ModelPlan(shapes: tensors.mapValues(\.shape), metadata: metadata)
    } catch {
      throw FileError(file: file, reason: Self.origin(of: tensors.keys) ?? error.description)
    }
    try self.init(tensors, plan: plan, metadata: metadata, file: file)
  }

  /// A plan's model with these tensors, by their paths.
  ///
  /// - Throws: ``LatentFiles/FileError`` where they are not those of the plan
  package init(
    _ tensors: [String: Tensor], plan: ModelPlan, metadata: [String: String], file: String
  ) throws(FileError) {
    var model = plan.makeModel(element: tensors.values.reduce(ElementType.float64) { $0.narrower($1.element) })
    model.objective = Self.objective(metadata)
    do { try model.load(tensors) } catch {
      throw FileError(file: file, reason: error.description)
    }
    self.init(model, plan: plan, metadata: metadata, file: file)
  }

  /// What a file says that its training minimised; the evidence lower bound where it says nothing that can be read.
  private static func objective(_ metadata: [String: String]) -> any Objective {
    let numbers = ObjectiveKind.allNumbers.compactMap { number in
      metadata[number.name].flatMap { Double($0) }.map { (number.name, $0) }
    }
    let known = Dictionary(uniqueKeysWithValues: numbers)
    let examples = metadata["training_images"].flatMap { Int($0) } ?? 1
    let batch = max(metadata["batch_size"].flatMap { Int($0) } ?? 1, 1)
    return ((try? ObjectiveRecord(known)) ?? ObjectiveRecord(.evidenceLowerBound, [:])).objective(
      stepsPerEpoch: max(1, examples / batch + (examples % batch == 0 ? 0 : 1)))
  }

  /// Whose names these are, and what to do, where they are those of another program.
  private static func origin(of names: some Collection<String>) -> String? {
    func named(_ program: String) -> String {
      "its tensors are named as \(program)'s are, and not as a model's of Latent"
    }
    // PyTorch has weights where this project and Keras have kernels.
    if names.contains(where: { $0.hasSuffix(".weight") || $0.contains(".weight_ih_l0") }) {
      return named("PyTorch")
    }
    return names.contains { $0.hasSuffix("/kernel") } ? named("Keras") : nil
  }

  private static func file(in path: String) throws(FileError) -> String {
    guard let names = AtomicFile.names(in: path) else { return path }
    if names.contains("model.safetensors") { return AtomicFile.path("model.safetensors", in: path) }
    let checkpoints = CheckpointFolder(CheckpointFolder.path(inRun: path)).newest()
    if let checkpoint = checkpoints.path { return checkpoint }
    throw FileError(
      file: path,
      reason: checkpoints.damaged.first?.description ?? ForeignFile(path)?.help(for: .model)
        ?? "holds neither model.safetensors nor a checkpoint")
  }
}
