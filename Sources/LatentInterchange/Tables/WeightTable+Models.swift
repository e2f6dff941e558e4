import Latent
import LatentData
import LatentFiles
import LatentTraining
import LatentVAE

extension WeightTable {
  /// A model's tensors in the other program's names and layouts.
  func exported(_ model: AnyVariationalAutoencoder, _ plan: ModelPlan) -> [(name: String, value: Tensor)] {
    let tensors = Dictionary(uniqueKeysWithValues: model.tensors.map { ($0.path, $0.value) })
    let correspondences = correspondences(plan)
    require(
      tensors.count == correspondences.count && correspondences.allSatisfy { tensors[$0.path] != nil },
      "export: the model's tensors \(tensors.keys.sorted()) are not those of its plan")
    return correspondences.flatMap { $0.exported(tensors[$0.path]!) }
  }

  /// The model that a file of the other program has.
  ///
  /// - Throws: `FileError`, one line that names the file, where its tensors are not a model's
  func imported(_ file: WeightFile) throws(FileError) -> SavedModel {
    func failure(_ reason: String) -> FileError { FileError(file: file.name, reason: reason) }
    var theirs: [String: Tensor] = [:]
    let element = file.tensors.values.reduce(ElementType.float64) { $0.narrower($1.element) }
    for (name, tensor) in file.tensors {
      guard theirs.updateValue(tensor.converted(to: element), forKey: canonical(name)) == nil
      else {
        throw failure("has two tensors \(quotedName(canonical(name)))")
      }
    }
    let plan = try plan(of: file, theirs, failure)
    var tensors: [String: Tensor] = [:]
    let shapes = Dictionary(uniqueKeysWithValues: plan.layers.parameters.map { ($0.path, $0.shape) })
    for correspondence in correspondences(plan) {
      let found = correspondence.names.map { theirs[$0]! }
      guard correspondence.shapes(of: shapes[correspondence.path]!) == found.map(\.shape) else {
        throw failure(
          "\(list(correspondence.names, found.map(\.shape))): this does not fit a model of \(plan) for "
            + "\(plan.example)")
      }
      tensors[correspondence.path] = correspondence.imported(found)
    }
    return try SavedModel(tensors, plan: plan, metadata: file.metadata.merging(plan.metadata) { $1 }, file: file.name)
  }

  /// What the file says of its model, or else what the names and shapes of its tensors tell.
  private func plan(
    of file: WeightFile, _ theirs: [String: Tensor], _ failure: (String) -> FileError
  ) throws(FileError) -> ModelPlan {
    do throws(PlanError) {
      if let json = file.metadata[ModelPlan.metadataKey] {
        let plan: ModelPlan
        do { plan = try ModelPlan(json: json.utf8) } catch { throw PlanError("its plan: \(error)") }
        try check(Set(theirs.keys), against: Set(correspondences(plan).flatMap(\.names)), file)
        return plan
      }
      // Names say the kinds of layers, and shapes of named tensors the sizes; only then are layouts known.
      var shapes: [String: [Int]] = [:]
      for correspondence in correspondences(try nearestPlan(to: Set(theirs.keys), file)) {
        let found = correspondence.names.map { theirs[$0]!.shape }
        guard let shape = correspondence.shape(ofNamed: found) else {
          throw PlanError("\(list(correspondence.names, found)): this is no shape for \(correspondence.path)")
        }
        shapes[correspondence.path] = shape
      }
      return try ModelPlan(shapes: shapes, metadata: file.metadata)
    } catch {
      throw failure(error.description)
    }
  }

  /// The plan of some model whose tensors have these names.
  private func nearestPlan(to names: Set<String>, _ file: WeightFile) throws(PlanError) -> ModelPlan {
    let nearest = nearest(to: names)
    try check(names, against: nearest.names, file)
    return nearest.plan
  }

  /// - Throws: ``PlanError`` where a file's names are not those of a model, with what may be the reason
  private func check(_ names: Set<String>, against expected: Set<String>, _ file: WeightFile) throws(PlanError) {
    let (missing, others) = (expected.subtracting(names), names.subtracting(expected))
    if missing.isEmpty && others.isEmpty { return }
    let otherFormat = InterchangeFormat.allCases.first { format in
      let names = Set(file.tensors.keys.map { format.table.canonical($0) })
      return format != .onnx && format.table.nearest(to: names).names == names
    }
    let reason =
      otherFormat.map { "its names are those of --format " + ($0 == .npz ? "safetensors or npz" : $0.rawValue) }
      ?? file.partialWrapper(separator: separator)
    let hint = reason.map { ": " + $0 } ?? ""
    if missing.count == expected.count {
      let found = names.sorted().prefix(3).map { quotedName($0) }.joined(separator: ", ")
      throw PlanError(
        "has none of a model's tensors, such as \(missing.min()!)"
          + (names.isEmpty ? ": it is empty" : hint.isEmpty ? ", but \(found)\(names.count > 3 ? ", ..." : "")" : hint))
    }
    if let name = missing.min() { throw PlanError("has no \(name), which a model of its other tensors needs\(hint)") }
    throw PlanError(
      "has a tensor \(quotedName(others.min()!)), which is no part of a model of its other tensors\(hint)")
  }

  /// The model whose tensors' names are nearest to these.
  private func nearest(to names: Set<String>) -> (plan: ModelPlan, names: Set<String>) {
    knownPlans.map { (plan: $0, names: Set(correspondences($0).flatMap(\.names))) }
      .min { $0.names.symmetricDifference(names).count < $1.names.symmetricDifference(names).count }!
  }

  private func list(_ names: [String], _ shapes: [[Int]]) -> String {
    zip(names, shapes).map { "\($0) is \($1)" }.joined(separator: ", ")
  }
}

/// A plan of each model that is recognised without a description, with each set of parameters that a likelihood has.
private let knownPlans: [ModelPlan] = {
  let example = ExampleShape.image(height: 28, width: 28)
  let likelihoods = [LikelihoodKind.bernoulli] + LikelihoodKind.all.filter { !$0.parameters(for: example).isEmpty }
  return ModelRecipe.named.flatMap { named in
    likelihoods.map { try! named.recipe.plan(for: example, likelihood: $0) }
  }
}()
