import Latent
import LatentData
import LatentFiles

extension ModelPlan {
  /// The key of the plan among what a file says about itself.
  package static let metadataKey = "plan"
  /// The key of the labels in files of before, where they are not 0 and those that follow.
  package static let classLabelsKey = "class_labels"

  /// The part of `model.safetensors`'s metadata that is not about training.
  public var metadata: [String: String] {
    [
      "format": "latent-vae", "latent_version": LatentVersion.current, "model": description, Self.metadataKey: json(),
    ]
  }

  /// The plan of a model in a file: what the file says, or else what its tensors' names and shapes tell.
  ///
  /// Files of other programs, and of versions before plans, are recognised where their layers are those of a ``ModelRecipe``
  /// with relu. What shapes can't tell is taken from `metadata`, where it is there: `image_height` and `image_width` (else an
  /// image is as high as it is wide), `loss`, and `class_labels` (else classes are numbered from 0 on).
  ///
  /// - Parameters:
  ///   - shapes: of all tensors by their paths, `encoder.lstm.kernel`
  ///   - metadata: what the file says about itself
  /// - Throws: ``PlanError`` where the tensors are not those of the plan
  public init(shapes: [String: [Int]], metadata: [String: String] = [:]) throws(PlanError) {
    if let json = metadata[Self.metadataKey] {
      do { self = try ModelPlan(json: json.utf8) } catch { throw PlanError("its plan: \(error)") }
    } else {
      self = try TensorShapes(shapes: shapes, metadata: metadata).plan()
    }
    if let fault = fault(of: shapes) { throw fault }
  }

  /// Why tensors of these shapes, by their paths, are not those of the plan; nil where they are.
  package func fault(of shapes: [String: [Int]]) -> PlanError? {
    var rest = shapes
    for (path, shape) in layers.parameters {
      guard let found = rest.removeValue(forKey: path) else { return PlanError("no tensor for \(path)") }
      guard found == shape else {
        return PlanError("\(path) is \(found), but in a model of \(self) for \(example) it is \(shape)")
      }
    }
    return rest.keys.min().map { PlanError("\($0) is no part of a model of \(self)") }
  }
}

/// What the shapes of a file's tensors tell of its layers.
private struct TensorShapes {
  let shapes: [String: [Int]]
  let metadata: [String: String]

  func plan() throws(PlanError) -> ModelPlan {
    let (encoder, features, width, channels) = try encoder()
    let (decoder, drawn) = try decoder()
    let recipe = ModelRecipe(encoder: encoder, latentSize: try size("encoder.mean.bias", 0, of: 1), decoder: decoder)
    let classes = try size("encoder.mean.kernel", 0, of: 2) - features
    guard classes >= 0 else {
      throw PlanError("encoder.mean.kernel has \(features + classes) rows, but the encoder \(features) features")
    }
    let (height, rowSize) = try imageSize(drawn, width: width)
    let example = ExampleShape.image(height: height, width: rowSize, channels: channels)
    return try recipe.plan(
      for: example, likelihood: likelihood(of: example),
      classLabels: try classLabels(count: classes))
  }

  /// - Returns: the layers, what they find, the numbers of a step where they read steps, and channels of an image
  private func encoder() throws(PlanError) -> (part: ModelRecipe.Part, features: Int, width: Int?, channels: Int) {
    if let (part, first) = try recurrent("encoder"), case .recurrent(_, let units, _, let isBidirectional) = part {
      return (part, isBidirectional ? 2 * units : units, try size(first + ".kernel", 0, of: 2), 1)
    }
    if let (filters, kernel, overSteps) = try convolutions("encoder") {
      let units = try size("encoder.hidden.bias", 0, of: 1)
      let channels = try size("encoder.first.kernel", 2, of: 4)
      return (
        .convolution(filters, kernel: kernel, units: units, overSteps: overSteps), units, overSteps ? channels : nil,
        overSteps ? 1 : channels
      )
    }
    let units = try dense("encoder")
    guard let last = units.last else {
      let marks = ["lstm", "gru", "bilstm.forward", "first", "hidden"].map { "encoder.\($0).kernel" }
      throw PlanError("it has none of the tensors \(marks.joined(separator: ", "))")
    }
    return (.dense(units), last, nil, 1)
  }

  /// What a decoder tells of an image: so many cells, each of `side` x `side` pixels, or fewer in the last row and column.
  private struct Drawn {
    var cells: Int
    var side = 1

    /// Whether such an image has these sizes.
    func has(_ height: Int, _ width: Int) -> Bool {
      guard height > 0, width > 0 else { return false }
      return (1 + (height - 1) / side).multipliedReportingOverflow(by: 1 + (width - 1) / side) == (cells, false)
    }
  }

  /// - Returns: the layers, and what they tell of an image; nil where they draw any number of rows
  private func decoder() throws(PlanError) -> (part: ModelRecipe.Part, drawn: Drawn?) {
    if let (part, _) = try recurrent("decoder") { return (part, nil) }
    if let (filters, kernel, overSteps) = try convolutions("decoder") {
      let cells = try size("decoder.hidden.bias", 0, of: 1) / filters[0]
      guard filters.count < 30, cells < 1 << 30 else { throw PlanError("an image of more pixels than can be counted") }
      return (
        .convolution(filters.reversed(), kernel: kernel, overSteps: overSteps),
        Drawn(cells: cells, side: 1 << filters.count)
      )
    }
    return (.dense(try dense("decoder")), Drawn(cells: try size("decoder.output.bias", 0, of: 1)))
  }

  /// - Returns: the layers and the path of the first, or of its forward half
  private func recurrent(_ part: String) throws(PlanError) -> (ModelRecipe.Part, first: String)? {
    for cell in RecurrentCell.allCases {
      for isBidirectional in [false, true] {
        func path(_ place: Int) -> String {
          "\(part).\(ModelRecipe.Part.name(cell, isBidirectional, place))" + (isBidirectional ? ".forward" : "")
        }
        let cells = count { shapes[path($0) + ".kernel"] != nil }
        guard cells > 0 else { continue }
        let units = try size(path(0) + ".recurrentKernel", 0, of: 2)
        return (.recurrent(cell, units: units, cells: cells, isBidirectional: isBidirectional), path(0))
      }
    }
    return nil
  }

  /// Filters in the layers' order.
  private func convolutions(_ part: String) throws(PlanError) -> (filters: [Int], kernel: Int, overSteps: Bool)? {
    func path(_ place: Int) -> String { "\(part).\(ModelRecipe.Part.ordinal(place))." }
    let layers = count { shapes[path($0) + "kernel"] != nil }
    guard layers > 0 else { return nil }
    var filters: [Int] = []
    for place in 0..<layers { filters.append(try size(path(place) + "bias", 0, of: 1)) }
    let (rows, columns) = (try size(path(0) + "kernel", 0, of: 4), try size(path(0) + "kernel", 1, of: 4))
    return (filters, rows, columns == 1 && rows > 1)
  }

  private func dense(_ part: String) throws(PlanError) -> [Int] {
    func path(_ place: Int) -> String { "\(part).\(ModelRecipe.Part.name("hidden", place))." }
    var units: [Int] = []
    for place in 0..<count({ shapes[path($0) + "kernel"] != nil }) {
      units.append(try size(path(place) + "kernel", 1, of: 2))
    }
    return units
  }

  /// How many numbers from 0 on have something.
  private func count(_ has: (Int) -> Bool) -> Int { (0...shapes.count).first { !has($0) } ?? 0 }

  private func likelihood(of example: ExampleShape) -> LikelihoodKind {
    let learned = LikelihoodKind.all.first { kind in
      let parameters = kind.parameters(for: example)
      return !parameters.isEmpty && parameters.allSatisfy { shapes["likelihood." + $0.name] == $0.shape }
    }
    let said = metadata["loss"].flatMap { LikelihoodKind(named: $0) }
    return learned ?? said.flatMap { $0.parameters(for: example).isEmpty ? $0 : nil } ?? .bernoulli
  }

  private func classLabels(count: Int) throws(PlanError) -> [UInt8] {
    guard count <= 256 else { throw PlanError("it is conditional on \(count) classes, and 256 is the most") }
    guard let text = metadata[ModelPlan.classLabelsKey] else { return (0..<count).map { UInt8($0) } }
    let labels = text.split(separator: ",", omittingEmptySubsequences: false).map { UInt8($0) }
    let known = labels.compactMap(\.self)
    guard known.count == labels.count, known.count == count, zip(known, known.dropFirst()).allSatisfy(<) else {
      throw PlanError("its \(ModelPlan.classLabelsKey) are not \(count) ascending labels, each 0 to 255")
    }
    return known
  }

  private func size(_ path: String, _ axis: Int, of rank: Int) throws(PlanError) -> Int {
    guard let shape = shapes[path] else { throw PlanError("no tensor for \(path)") }
    guard shape.count == rank, shape.allSatisfy({ $0 > 0 }) else {
      throw PlanError("\(path) is \(shape), which is no shape for it")
    }
    return shape[axis]
  }

  /// - Parameters:
  ///   - drawn: nil where the model can draw any number of rows
  ///   - width: of a row; nil where the model knows no rows
  private func imageSize(_ drawn: Drawn?, width: Int?) throws(PlanError) -> (height: Int, width: Int) {
    func number(_ key: String) -> Int? { metadata[key].flatMap { Int($0) } }
    let said = (height: number("image_height"), width: number("image_width"))
    guard let drawn else {
      // An image from another program is a square.
      guard let width = width ?? said.width, (1...1 << 20).contains(width) else {
        throw PlanError("no image_width says how many columns an image has")
      }
      guard let height = said.height else { return (width, width) }
      guard (1...1 << 20).contains(height) else { throw PlanError("an image_height of \(height)") }
      return (height, width)
    }
    if let width {
      if drawn.side > 1 {
        // Convolutions over steps.
        guard let height = said.height, drawn.has(height, drawn.side) else { return (drawn.cells * drawn.side, width) }
        return (height, width)
      }
      guard drawn.cells % width == 0 else {
        throw PlanError("an image of \(drawn.cells) pixels has no rows of \(width)")
      }
      return (drawn.cells / width, width)
    }
    if let height = said.height, let width = said.width, drawn.has(height, width) { return (height, width) }
    let side = Int(Double(drawn.cells).squareRoot().rounded())
    guard side > 0, side * side == drawn.cells else {
      throw PlanError("no image_height and image_width say how its \(drawn.cells * drawn.side * drawn.side) pixels lie")
    }
    return (side * drawn.side, side * drawn.side)
  }
}
