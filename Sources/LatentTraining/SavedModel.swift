import Latent
import LatentData
import LatentFiles
import LatentVAE

/// A trained auto-encoder as a file holds it.
///
///     let saved = try SavedModel(contentsOf: "runs/first")
///     let (mean, logVariance) = saved.model.encode(images)
public struct SavedModel: Sendable {
  /// The model with its weights. Its objective is the evidence lower bound, whatever it was trained with.
  public var model: AnyVariationalAutoencoder
  /// What it is.
  public let plan: ModelPlan
  /// The element type of the weights.
  public let element: ElementType
  /// What the file says about itself.
  public let metadata: [String: String]
  /// The path of the file.
  public let file: String

  /// Reads a weights file, a checkpoint, or a run's folder: its `model.safetensors`, or its newest checkpoint where it has
  /// none yet.
  ///
  /// - Throws: ``SavedModelError``
  public init(contentsOf path: String) throws(SavedModelError) {
    let path = try Self.file(in: path)
    let file: SafetensorsFile
    do throws(SafetensorsError) { file = try SafetensorsFile(contentsOf: path) } catch { throw SavedModelError(error) }
    try self.init(file)
  }

  /// The model of a weights file or checkpoint that is in memory already.
  ///
  /// - Throws: ``SavedModelError``
  public init(_ file: SafetensorsFile) throws(SavedModelError) {
    guard Checkpoint.isCheckpoint(file) else {
      let tensors: [String: Tensor]
      do throws(SafetensorsError) { tensors = try file.allTensors() } catch { throw SavedModelError(error) }
      try self.init(tensors, metadata: file.metadata, file: file.name)
      return
    }
    let checkpoint: Checkpoint
    do throws(CheckpointError) { checkpoint = try Checkpoint(file) } catch {
      throw SavedModelError(file: file.name, reason: error.reason)
    }
    let tensors = Dictionary(uniqueKeysWithValues: checkpoint.tensors.map { ($0.path, $0.value) })
    try self.init(tensors, metadata: checkpoint.settings, file: file.name)
  }

  /// A model of tensors by their paths.
  ///
  /// - Parameters:
  ///   - metadata: what is known beside them, see ``LatentVAE/ModelPlan/init(shapes:metadata:)``
  ///   - file: where they are from, for errors
  public init(
    _ tensors: [String: Tensor], metadata: [String: String] = [:], file: String
  ) throws(SavedModelError) {
    do throws(PlanError) {
      plan = try ModelPlan(shapes: tensors.mapValues(\.shape), metadata: metadata)
    } catch {
      throw SavedModelError(file: file, reason: Self.origin(of: tensors.keys) ?? error.description)
    }
    element = tensors.values.allSatisfy { $0.element == .float64 } ? .float64 : .float32
    model = plan.makeModel(element: element)
    (self.metadata, self.file) = (metadata, file)
    do throws(ModelStateError) { try model.load(tensors) } catch {
      throw SavedModelError(file: file, reason: error.description)
    }
  }

  /// What the labels of its classes stand for, by their numbers, where that is known.
  public var classNames: [String]? { metadata["data"].flatMap { Dataset.classNames(of: $0) } }

  /// The labels of its classes in words; empty where it has none.
  package var classList: String { LabelList(plan.classLabels, names: classNames).description }

  /// Whose names these are, and what to do, where they are those of another program.
  private static func origin(of names: some Collection<String>) -> String? {
    func named(_ program: String, _ format: String) -> String {
      "its tensors are named as \(program)'s are: make a model file of it with vae-train import --format \(format)"
    }
    // PyTorch has weights where this project and Keras have kernels.
    if names.contains(where: { $0.hasSuffix(".weight") || $0.contains(".weight_ih_l0") }) {
      return named("PyTorch", "torch")
    }
    return names.contains { $0.hasSuffix("/kernel") } ? named("Keras", "keras") : nil
  }

  private static func file(in path: String) throws(SavedModelError) -> String {
    guard let names = AtomicFile.names(in: path) else { return path }
    if names.contains("model.safetensors") { return AtomicFile.path("model.safetensors", in: path) }
    let checkpoints = CheckpointFolder(CheckpointFolder.path(inRun: path)).newest()
    if let checkpoint = checkpoints.path { return checkpoint }
    throw SavedModelError(
      file: path,
      reason: checkpoints.damaged.first?.description ?? ForeignFile(path)?.help(for: .model)
        ?? "holds neither model.safetensors nor a checkpoint")
  }
}

/// Why a file is no trained auto-encoder: the file and the reason, in one line.
public struct SavedModelError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The path of the file or folder.
  public let file: String
  /// What is wrong with it.
  public let reason: String

  public init(file: String, reason: String) { (self.file, self.reason) = (file, reason) }

  /// That the file can't be read at all.
  package init(_ error: SafetensorsError) { self.init(file: error.file, reason: error.fault.description) }

  public var description: String { oneLine("\(file): \(reason)") }
}
