import Latent
import LatentData
import LatentMeasures
import LatentTraining

/// What is made of texts, as texts: a line each.
extension LatentPictures {
  /// Whether examples are texts.
  public var areTexts: Bool {
    if case .text = saved.example { true } else { false }
  }

  /// What a picture of the kind would show, in words.
  ///
  /// - Parameter temperature: of samples; see `VariationalAutoencoder.sample`
  /// - Throws: ``LatentPictureError`` where it can't be made of this model and these texts, or is always drawn
  public func text(_ kind: PictureKind, temperature: Double = 1) throws(LatentPictureError) -> String {
    guard areTexts else { throw LatentPictureError(kind, "it is drawn, since \(saved.example.plural) are no texts") }
    let vocabulary = try vocabulary(for: kind)
    let lines =
      switch kind {
      case .reconstructions: try reconstructedLines(of: AnyDataset(encoded(for: kind).images).prefix(20))
      case .samples: textSamples(vocabulary, temperature: temperature)
      case .interpolation: try textInterpolation(vocabulary)
      case .traversal: textTraversal(vocabulary)
      case .manifold, .scatter, .tsne, .kl, .curves: throw LatentPictureError(kind, "it is drawn, of texts too")
      }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The texts that a model's numbers stand for, each on a line of its own: [N, T] or [N, T, 1] -> N
  ///
  /// - Throws: ``LatentPictureError`` where the model does not say what they stand for
  public func texts(of numbers: Tensor) throws(LatentPictureError) -> [String] {
    Self.texts(numbers, try vocabulary())
  }

  private func vocabulary(for kind: PictureKind? = nil) throws(LatentPictureError) -> Vocabulary {
    if let vocabulary = saved.vocabulary { return vocabulary }
    throw LatentPictureError(kind, "the model does not say which characters its tokens stand for")
  }

  /// What is decoded from points [N, Z].
  private func texts(_ points: Tensor, _ vocabulary: Vocabulary, labels: [UInt8]?) -> [String] {
    Self.texts(saved.decode(points, labels: labels, on: workers), vocabulary)
  }

  /// Texts and what is decoded from their means, below each other.
  ///
  /// - Parameter data: of the model's shape
  /// - Throws: ``LatentPictureError`` where the model does not say what its tokens stand for
  package func reconstructedLines(of data: some Dataset) throws(LatentPictureError) -> [String] {
    let vocabulary = try vocabulary(for: .reconstructions)
    let expected = Self.texts(saved.reconstruct(data, on: workers), vocabulary)
    return zip(0..<data.count, expected).flatMap { number, expected in
      let batch = data.batch([number][...], in: BatchContext(element: saved.element))
      let known = batch.observed.map { $0.values.prefix { $0 == 1 }.count } ?? batch.values.count
      let original = vocabulary.text(of: batch.values.values.prefix(known).map { Int($0) }).oneLine
      return ["data      \(original)", "expected  \(expected)", ""]
    }.dropLast()
  }

  private func textSamples(_ vocabulary: Vocabulary, temperature: Double) -> [String] {
    let (key, streams) = (RandomKey(seed: seed).child("samples"), Array(0..<UInt64(20)))
    let noise = Tensor.normalNoise(key: key, streams: streams, columns: latentSize, element: saved.element)
    let classes = label.map { [$0] } ?? saved.classLabels
    let labels = classes.isEmpty ? nil : streams.indices.map { classes[$0 % classes.count] }
    let drawn = saved.model.sample(
      noise, labels: labels, temperature: temperature, key: key.child("tokens"), streams: streams)
    return Self.texts(drawn, vocabulary)
  }

  private func textInterpolation(_ vocabulary: Vocabulary) throws(LatentPictureError) -> [String] {
    let (texts, means, _) = try encoded(for: .interpolation)
    guard texts.count > 1 else { throw LatentPictureError(.interpolation, "it takes at least two texts") }
    let times = (0...6).map { Double($0) / 6 }
    let ends = (0..<min(10, texts.count / 2 * 2)).map { $0 * (texts.count - 1) / max(1, min(10, texts.count) - 1) }
    return stride(from: 0, to: ends.count - 1, by: 2).flatMap { index in
      func code(_ number: Int) -> Tensor { means[rows: number..<number + 1].reshaped(to: [latentSize]) }
      let points = LatentPath.linear.points(from: code(ends[index]), to: code(ends[index + 1]), at: times)
      return self.texts(points, vocabulary, labels: commonLabel.map { Array(repeating: $0, count: times.count) }) + [""]
    }.dropLast()
  }

  private func textTraversal(_ vocabulary: Vocabulary) -> [String] {
    let (all, divergences) = rankedDimensions
    let places: [Double] = [-3, -1.5, 0, 1.5, 3]
    var lines: [String] = []
    for dimension in all.prefix(9) {
      var points = [Double](repeating: 0, count: places.count * latentSize)
      for (row, place) in places.enumerated() { points[row * latentSize + dimension] = place }
      let made = texts(
        Tensor(points, shape: [places.count, latentSize], element: saved.element), vocabulary,
        labels: commonLabel.map { Array(repeating: $0, count: places.count) })
      let divergence = divergences.map { ", KL \(Format.fixed($0[dimension], 2)) nats" }
      if !lines.isEmpty { lines.append("") }
      lines.append("z\(dimension)\(divergence ?? "")")
      for (place, text) in zip(places, made) { lines.append("\(Format.fixed(place, 1))  \(text)") }
    }
    return lines
  }

  /// The texts of numbers [N, T] or [N, T, 1].
  private static func texts(_ numbers: Tensor, _ vocabulary: Vocabulary) -> [String] {
    let (all, length) = (numbers.values.map { Int($0) }, numbers.count / max(numbers.shape[0], 1))
    return (0..<numbers.shape[0]).map { vocabulary.text(of: all[$0 * length..<($0 + 1) * length]).oneLine }
  }
}

extension String {
  /// The text on one line: its own ends of lines are shown as an arrow, and other control characters as what cannot be shown.
  fileprivate var oneLine: String {
    String(
      String.UnicodeScalarView(
        unicodeScalars.map { scalar in
          switch scalar.properties.generalCategory {
          case _ where scalar == "\n": "\u{21B5}"
          case _ where scalar == "\t": " "
          case .control, .lineSeparator, .paragraphSeparator: "\u{FFFD}"
          default: scalar
          }
        }))
  }
}
