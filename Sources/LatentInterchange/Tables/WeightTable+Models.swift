import Latent
import LatentData
import LatentTraining
import LatentVAE

extension WeightTable {
  /// A model's tensors in the other program's names and layouts.
  func exported(_ model: AnyVariationalAutoencoder, _ form: ModelForm) -> [(name: String, value: Tensor)] {
    let tensors = Dictionary(uniqueKeysWithValues: model.tensors.map { ($0.path, $0.value) })
    let correspondences = correspondences(ModelPlan(form))
    require(
      tensors.count == correspondences.count && correspondences.allSatisfy { tensors[$0.path] != nil },
      "export: the model's tensors \(tensors.keys.sorted()) are not those of its plan")
    return correspondences.flatMap { $0.exported(tensors[$0.path]!) }
  }

  /// The model that a file of the other program has.
  ///
  /// - Throws: `SavedModelError`, one line that names the file, where its tensors are not a model's
  func imported(_ file: WeightFile) throws(SavedModelError) -> SavedModel {
    func failure(_ reason: String) -> SavedModelError { SavedModelError(file: file.name, reason: reason) }
    var theirs: [String: Tensor] = [:]
    let isDouble = file.tensors.values.allSatisfy { $0.element == .float64 }
    for (name, tensor) in file.tensors {
      guard theirs.updateValue(isDouble ? tensor : tensor.converted(to: .float32), forKey: canonical(name)) == nil
      else {
        throw failure("has two tensors \(quotedName(canonical(name)))")
      }
    }
    // Names say the architecture, and shapes of named tensors the sizes; only then are layouts known.
    let known = correspondences(try plan(named: Set(theirs.keys), file, failure))
    var shapes: [String: [Int]] = [:]
    for correspondence in known {
      let found = correspondence.names.map { theirs[$0]!.shape }
      guard let shape = correspondence.shape(ofNamed: found) else {
        throw failure("\(list(correspondence.names, found)): this is no shape for \(correspondence.path)")
      }
      shapes[correspondence.path] = shape
    }
    let form: ModelForm
    do throws(ModelFormError) { form = try ModelForm(shapes: shapes, metadata: file.metadata) } catch {
      throw failure(error.description)
    }
    var tensors: [String: Tensor] = [:]
    for correspondence in correspondences(ModelPlan(form)) {
      let found = correspondence.names.map { theirs[$0]! }
      guard correspondence.shapes(of: shapes[correspondence.path]!) == found.map(\.shape) else {
        throw failure(
          "\(list(correspondence.names, found.map(\.shape))): this does not fit a model \(form.architecture.rawValue) "
            + "for images of \(form.height)x\(form.width)")
      }
      tensors[correspondence.path] = correspondence.imported(found)
    }
    return try SavedModel(tensors, metadata: file.metadata.merging(form.metadata) { $1 }, file: file.name)
  }

  /// The plan of some model whose tensors have these names.
  private func plan(
    named names: Set<String>, _ file: WeightFile, _ failure: (String) -> SavedModelError
  ) throws(SavedModelError) -> ModelPlan {
    let nearest = nearest(to: names)
    let (missing, others) = (nearest.names.subtracting(names), names.subtracting(nearest.names))
    if missing.isEmpty && others.isEmpty { return nearest.plan }
    // What may be the reason.
    let otherFormat = InterchangeFormat.allCases.first { format in
      let names = Set(file.tensors.keys.map { format.table.canonical($0) })
      return format != .onnx && format.table.nearest(to: names).names == names
    }
    let reason =
      otherFormat.map { "its names are those of --format " + ($0 == .npz ? "safetensors or npz" : $0.rawValue) }
      ?? file.partialWrapper(separator: separator)
    let hint = reason.map { ": " + $0 } ?? ""
    let model = nearest.plan.form.architecture.rawValue
    if missing.count == nearest.names.count {
      let found = names.sorted().prefix(3).map { quotedName($0) }.joined(separator: ", ")
      throw failure(
        "has none of a model's tensors, such as \(missing.min()!)"
          + (names.isEmpty ? ": it is empty" : hint.isEmpty ? ", but \(found)\(names.count > 3 ? ", ..." : "")" : hint))
    }
    if let name = missing.min() { throw failure("has no \(name), which a model \(model) needs\(hint)") }
    throw failure("has a tensor \(quotedName(others.min()!)), which is no part of a model \(model)\(hint)")
  }

  /// The model whose tensors' names are nearest to these.
  private func nearest(to names: Set<String>) -> (plan: ModelPlan, names: Set<String>) {
    let plans = Architecture.allCases.flatMap { architecture in
      [ReconstructionLoss.binaryCrossEntropy, .gaussian].map {
        ModelPlan(ModelForm(architecture, height: 28, width: 28, loss: $0))
      }
    }
    return plans.map { (plan: $0, names: Set(correspondences($0).flatMap(\.names))) }
      .min { $0.names.symmetricDifference(names).count < $1.names.symmetricDifference(names).count }!
  }

  private func list(_ names: [String], _ shapes: [[Int]]) -> String {
    zip(names, shapes).map { "\($0) is \($1)" }.joined(separator: ", ")
  }
}
