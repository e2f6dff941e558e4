import Latent

/// All that an auto-encoder with a name is made from, but for its weights.
///
///     let form = try ModelForm(shapes: shapes, metadata: [:])
///     var model = form.makeModel()
///     try model.load(tensors)
public struct ModelForm: Sendable, Equatable {
  /// What it is made of
  public var architecture: Architecture
  /// H, Z and the decoder's units
  public var sizes: Architecture.Sizes
  /// T, rows of an image
  public var height: Int
  /// D, pixels of a row
  public var width: Int
  /// The labels of the classes that it is conditional on, ascending: [C]; empty for none
  public var classLabels: [UInt8]
  /// C, the number of classes that it is conditional on, 0 for none
  public var classes: Int { classLabels.count }
  /// Which likelihood it has
  public var loss: ReconstructionLoss

  /// - Parameter classLabels: nil for labels from 0 on
  public init(
    _ architecture: Architecture, sizes: Architecture.Sizes? = nil, height: Int, width: Int, classes: Int = 0,
    classLabels: [UInt8]? = nil, loss: ReconstructionLoss = .binaryCrossEntropy
  ) {
    require((0...256).contains(classes), "ModelForm: \(classes) classes; labels are 0 to 255")
    self.architecture = architecture
    self.sizes = sizes ?? architecture.defaultSizes
    self.classLabels = classLabels ?? (0..<classes).map { UInt8($0) }
    (self.height, self.width, self.loss) = (height, width, loss)
  }

  /// The model, with its first weights.
  public func makeModel(
    objective: Objective = Objective(), key: RandomKey = RandomKey(seed: 0), element: ElementType = .float32
  ) -> AnyVariationalAutoencoder {
    var model = architecture.makeModel(
      height: height, width: width, sizes: sizes, classes: classes, likelihood: loss.likelihood(element: element),
      objective: objective, key: key, element: element)
    model.classLabels = classLabels
    return model
  }

  /// The number of numbers that training changes.
  public var parameterCount: Double {
    architecture.parameterCount(height: height, width: width, sizes: sizes, classes: classes)
      + (loss == .gaussian ? 1 : 0)
  }
}

/// Why tensors are no auto-encoder with a name, in one line.
public struct ModelFormError: Error, Equatable, CustomStringConvertible {
  public let description: String

  public init(_ description: String) { self.description = description }
}

extension ModelForm {
  /// Recognises a model by its tensors' names and shapes.
  ///
  /// What shapes can't tell is taken from `metadata`, where it is there: `image_height` and `image_width` (else an image is
  /// as high as it is wide), `loss`, and `class_labels` (else classes are numbered from 0 on). A model of this form has as many numbers as the tensors: a form that could not be
  /// made from them is refused.
  ///
  /// - Parameters:
  ///   - shapes: of all tensors by their paths, `encoder.lstm.kernel`
  ///   - metadata: what `model.safetensors` says about itself
  public init(shapes: [String: [Int]], metadata: [String: String] = [:]) throws(ModelFormError) {
    func size(_ path: String, _ axis: Int, of rank: Int) throws(ModelFormError) -> Int {
      guard let shape = shapes[path] else { throw ModelFormError("no tensor for \(path)") }
      guard shape.count == rank, shape.allSatisfy({ $0 > 0 }) else {
        throw ModelFormError("\(path) is \(shape), which is no shape for it")
      }
      return shape[axis]
    }
    func number(_ key: String) -> Int? { metadata[key].flatMap { Int($0) } }

    let found = try Self.architecture(of: Set(shapes.keys))
    let latent = try size("encoder.mean.bias", 0, of: 1)
    let hidden: Int
    let decoder: Int?
    let features: Int
    if let layer = found.recurrentLayer {
      hidden = try size(layer + ".recurrentKernel", 0, of: 2)
    } else {
      hidden = try size("encoder.hidden.kernel", 1, of: 2)
    }
    features = found == .bilstm ? 2 * hidden : hidden
    switch found {
    case .conv: decoder = nil
    case .lstmLSTM: decoder = try size("decoder.lstm.recurrentKernel", 0, of: 2)
    default: decoder = try size("decoder.hidden.kernel", 1, of: 2)
    }
    let classes = try size("encoder.mean.kernel", 0, of: 2) - features
    guard classes >= 0 else {
      throw ModelFormError("encoder.mean.kernel has \(features + classes) rows, but the encoder \(features) features")
    }
    guard classes <= 256 else { throw ModelFormError("it is conditional on \(classes) classes, and 256 is the most") }
    let classLabels = try metadata[Self.classLabelsKey].map { text throws(ModelFormError) in
      try Self.classLabels(text, count: classes)
    }

    // The pixels of an image, as far as the shapes tell.
    let pixels: Int?
    switch found {
    case .conv: pixels = try size("decoder.hidden.bias", 0, of: 1) / 64 * 16
    case .lstmLSTM: pixels = nil
    default: pixels = try size("decoder.output.bias", 0, of: 1)
    }
    let (height, width) = try Self.imageSize(
      pixels: pixels,
      width: found.recurrentLayer.map { layer throws(ModelFormError) in
        try size(layer + ".kernel", 0, of: 2)
      }, said: (number("image_height"), number("image_width")))
    if let objection = found.objection(toImagesOf: height, width) {
      throw ModelFormError("it can't be for images of \(height)x\(width): \(objection)")
    }
    let saidLoss = metadata["loss"].flatMap { ReconstructionLoss(rawValue: $0) }
    let isGaussian = shapes["likelihood.logVariance"] != nil
    self.init(
      found, sizes: Architecture.Sizes(hidden: hidden, latent: latent, decoder: decoder), height: height, width: width,
      classes: classes, classLabels: classLabels,
      loss: isGaussian ? .gaussian : saidLoss == .squaredError ? .squaredError : .binaryCrossEntropy)
    let stored = shapes.values.reduce(0.0) { $0 + $1.reduce(1.0) { $0 * Double($1) } }
    guard parameterCount == stored else {
      func whole(_ number: Double) -> String { number < 1e15 ? "\(Int(number))" : "\(number)" }
      throw ModelFormError(
        "it has \(whole(stored)) numbers, but a model \(found.rawValue) of these sizes has \(whole(parameterCount))")
    }
  }

  /// What a file says about a model, so that it need not be guessed from shapes: the part of `model.safetensors`'s metadata
  /// that is not about training.
  public var metadata: [String: String] {
    var metadata = [
      "format": "latent-vae", "latent_version": LatentVersion.current, "model": architecture.rawValue,
      "image_height": "\(height)", "image_width": "\(width)", "hidden_size": "\(sizes.hidden)",
      "latent_size": "\(sizes.latent)", "classes": "\(classes)", "loss": loss.rawValue,
    ]
    metadata["decoder_size"] = sizes.decoder.map { "\($0)" }
    // Labels from 0 on need no list: the number of classes says them.
    if zip(classLabels, 0...).contains(where: { Int($0) != $1 }) {
      metadata[Self.classLabelsKey] = classLabels.map { "\($0)" }.joined(separator: ",")
    }
    return metadata
  }

  /// The name of the labels among what a file says, where they are not 0 and those that follow.
  package static let classLabelsKey = "class_labels"

  private static func classLabels(_ text: String, count: Int) throws(ModelFormError) -> [UInt8] {
    let labels = text.split(separator: ",", omittingEmptySubsequences: false).map { UInt8($0) }
    let known = labels.compactMap(\.self)
    guard known.count == labels.count, known.count == count, zip(known, known.dropFirst()).allSatisfy(<) else {
      throw ModelFormError("its \(classLabelsKey) are not \(count) ascending labels, each 0 to 255")
    }
    return known
  }

  private static func architecture(of paths: Set<String>) throws(ModelFormError) -> Architecture {
    let marks: [(path: String, architecture: Architecture)] = [
      ("decoder.lstm.kernel", .lstmLSTM), ("encoder.lstm.kernel", .lstm), ("encoder.gru.kernel", .gru),
      ("encoder.bilstm.forward.kernel", .bilstm), ("encoder.first.kernel", .conv), ("encoder.hidden.kernel", .mlp),
    ]
    guard let found = marks.first(where: { paths.contains($0.path) }) else {
      throw ModelFormError("it has none of the tensors \(marks.map(\.path).joined(separator: ", "))")
    }
    return found.architecture
  }

  /// - Parameters:
  ///   - pixels: of an image; nil where the model can draw any number of rows
  ///   - width: of a row; nil where the model knows no rows
  ///   - said: what the metadata say
  private static func imageSize(
    pixels: Int?, width: Int?, said: (height: Int?, width: Int?)
  ) throws(ModelFormError) -> (height: Int, width: Int) {
    if let width, let pixels {
      guard pixels % width == 0 else {
        throw ModelFormError("an image of \(pixels) pixels has no rows of \(width)")
      }
      return (pixels / width, width)
    }
    // An image from another program is a square.
    if let width {
      guard let height = said.height else { return (width, width) }
      guard (1...1 << 20).contains(height) else { throw ModelFormError("an image_height of \(height)") }
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
      throw ModelFormError("no image_height and image_width say how its \(pixels) pixels lie")
    }
    return (side, side)
  }
}

extension Architecture {
  /// The path of the encoder's recurrent layer, or one of them; nil where it has none.
  fileprivate var recurrentLayer: String? {
    switch self {
    case .lstm, .lstmLSTM: "encoder.lstm"
    case .gru: "encoder.gru"
    case .bilstm: "encoder.bilstm.forward"
    case .mlp, .conv: nil
    }
  }
}
