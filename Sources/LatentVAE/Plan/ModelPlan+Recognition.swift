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
    let (decoder, pixels) = try decoder()
    let recipe = ModelRecipe(encoder: encoder, latentSize: try size("encoder.mean.bias", 0, of: 1), decoder: decoder)
    let classes = try size("encoder.mean.kernel", 0, of: 2) - features
    guard classes >= 0 else {
      throw PlanError("encoder.mean.kernel has \(features + classes) rows, but the encoder \(features) features")
    }
    let (height, rowSize) = try imageSize(pixels: pixels, width: width)
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
    if let (filters, kernel) = try convolutions("encoder") {
      let units = try size("encoder.hidden.bias", 0, of: 1)
      return (
        .convolution(filters, kernel: kernel, units: units), units, nil, try size("encoder.first.kernel", 2, of: 4)
      )
    }
    let units = try dense("encoder")
    guard let last = units.last else {
      let marks = ["lstm", "gru", "bilstm.forward", "first", "hidden"].map { "encoder.\($0).kernel" }
      throw PlanError("it has none of the tensors \(marks.joined(separator: ", "))")
    }
    return (.dense(units), last, nil, 1)
  }

  /// - Returns: the layers, and the pixels of an image where they tell
  private func decoder() throws(PlanError) -> (part: ModelRecipe.Part, pixels: Int?) {
    if let (part, _) = try recurrent("decoder") { return (part, nil) }
    if let (filters, kernel) = try convolutions("decoder") {
      let cells = try size("decoder.hidden.bias", 0, of: 1) / filters[0]
      let (pixels, overflow) = cells.multipliedReportingOverflow(by: 1 << min(2 * filters.count, 60))
      guard !overflow else { throw PlanError("an image of more pixels than can be counted") }
      return (.convolution(filters.reversed(), kernel: kernel), pixels)
    }
    return (.dense(try dense("decoder")), try size("decoder.output.bias", 0, of: 1))
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
  private func convolutions(_ part: String) throws(PlanError) -> (filters: [Int], kernel: Int)? {
    func path(_ place: Int) -> String { "\(part).\(ModelRecipe.Part.ordinal(place))." }
    let layers = count { shapes[path($0) + "kernel"] != nil }
    guard layers > 0 else { return nil }
    var filters: [Int] = []
    for place in 0..<layers { filters.append(try size(path(place) + "bias", 0, of: 1)) }
    return (filters, try size(path(0) + "kernel", 0, of: 4))
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
  ///   - pixels: of an image; nil where the model can draw any number of rows
  ///   - width: of a row; nil where the model knows no rows
  private func imageSize(pixels: Int?, width: Int?) throws(PlanError) -> (height: Int, width: Int) {
    func number(_ key: String) -> Int? { metadata[key].flatMap { Int($0) } }
    let said = (height: number("image_height"), width: number("image_width"))
    if let width, let pixels {
      guard pixels % width == 0 else { throw PlanError("an image of \(pixels) pixels has no rows of \(width)") }
      return (pixels / width, width)
    }
    // An image from another program is a square.
    if let width {
      guard let height = said.height else { return (width, width) }
      guard (1...1 << 20).contains(height) else { throw PlanError("an image_height of \(height)") }
      return (height, width)
    }
    let pixels = pixels ?? 0
    if let height = said.height, let width = said.width, height > 0, width > 0,
      height.multipliedReportingOverflow(by: width) == (pixels, false)
    {
      return (height, width)
    }
    let side = Int(Double(pixels).squareRoot().rounded())
    guard side > 0, side * side == pixels else {
      throw PlanError("no image_height and image_width say how its \(pixels) pixels lie")
    }
    return (side, side)
  }
}
