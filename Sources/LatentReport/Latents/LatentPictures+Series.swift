import Latent
import LatentData
import LatentFiles
import LatentMeasures
import LatentTraining

/// The pictures that are made of series, and of vectors, whose numbers are drawn in a row: lines in the units of the data.
extension LatentPictures {
  /// Whether examples are drawn as lines.
  var areLines: Bool {
    switch saved.example {
    case .image, .text: false
    case .series, .vector: true
    }
  }

  /// The first examples and what is decoded from their means.
  func seriesReconstructions() throws(LatentPictureError) -> SeriesChart {
    let (images, means, _) = try encoded(for: .reconstructions)
    let shown = spread(images.count, 6)
    return reconstructions(of: images, shown, means: means.rows(shown))
  }

  /// Some of a data set's examples, as far apart as can be, and what is decoded from their means: no others are encoded.
  ///
  /// - Parameter count: how many at most
  package func seriesReconstructions(of images: any Dataset, count: Int) -> SeriesChart {
    let shown = spread(images.count, count)
    let means = shown.flatMap { number in
      saved.encode(AnyDataset(images)[number..<number + 1], on: workers).mean.values
    }
    return reconstructions(
      of: images, shown, means: Tensor(means, shape: [shown.count, latentSize], element: saved.element))
  }

  private func reconstructions(of images: any Dataset, _ shown: [Int], means: Tensor) -> SeriesChart {
    let decoded = lines(
      "expected", means,
      labels: saved.classLabels.isEmpty ? nil : images.labels.map { all in shown.map { all[$0] } })
    let blocks = zip(shown, zip(originals(images, shown), decoded)).map { number, both in
      SeriesChart.Block(
        "\(saved.example.singular) \(number)", features: zip(both.0, both.1).map { [$0, $1] },
        ends: ends(images, number))
    }
    return chart("Examples, and what the model expects of them", blocks)
  }

  /// Decoded from N(0, I), drawn by the seed; of a conditional model, one class after the other.
  func seriesSamples() -> SeriesChart {
    let noise = Tensor.normalNoise(
      key: RandomKey(seed: seed).child("samples"), streams: Array(0..<9), columns: latentSize, element: saved.element)
    let classes = label.map { [$0] } ?? saved.classLabels
    let labels = classes.isEmpty ? nil : (0..<9).map { classes[$0 % classes.count] }
    let decoded = lines("sample", noise, labels: labels)
    let blocks = decoded.enumerated().map { index, features in
      SeriesChart.Block(
        labels.map { "sample \(index), \(name(of: $0[index]))" } ?? "sample \(index)", features: features.map { [$0] },
        ends: ends())
    }
    return chart("Random latent points, decoded", blocks)
  }

  /// Latent points decoded, as lines: [N, Z], the first of them where there are many.
  ///
  /// - Throws: ``LatentPictureError`` where examples are images
  public func lines(decoding points: Tensor) throws(LatentPictureError) -> Picture {
    guard areLines else {
      throw LatentPictureError(
        .samples,
        "images of other channels than grey or red, green and blue are not drawn: \(saved.example.plural) of \(saved.example)"
      )
    }
    let shown = points[rows: 0..<min(points.shape[0], SeriesChart.mostBlocks)]
    let decoded = lines("decoded", shown, labels: commonLabel.map { Array(repeating: $0, count: shown.shape[0]) })
    let blocks = decoded.enumerated().map { index, features in
      SeriesChart.Block("point \(index)", features: features.map { [$0] }, ends: ends())
    }
    return chart("Latent points, decoded", blocks).picture()
  }

  /// Decoded on the way from one example's code to another's.
  func seriesInterpolation(along path: LatentPath = .linear) throws(LatentPictureError) -> SeriesChart {
    let (images, means, _) = try encoded(for: .interpolation)
    guard images.count > 1 else { throw LatentPictureError(.interpolation, "it takes at least two examples") }
    let times = [0, 0.25, 0.5, 0.75, 1]
    let pairs = spread(images.count, 2 * min(3, images.count / 2))
    let blocks = stride(from: 0, to: pairs.count - 1, by: 2).map { index in
      let (from, to) = (pairs[index], pairs[index + 1])
      func code(_ number: Int) -> Tensor { means[rows: number..<number + 1].reshaped(to: [latentSize]) }
      let points = path.points(from: code(from), to: code(to), at: times)
      let label = saved.classLabels.isEmpty ? nil : label ?? images.labels?[from]
      let all = lines(
        times.map { "t = \(Format.fixed($0, 2))" }, points,
        labels: label.map { Array(repeating: $0, count: times.count) })
      return SeriesChart.Block(
        "from \(saved.example.singular) \(from) to \(to)",
        features: featureNames.indices.map { feature in all.map { $0[feature] } }, ends: ends())
    }
    return chart("From the code of one example to that of another", blocks)
  }

  /// Each latent dimension from -3 to 3, the others at 0; with examples, those with the largest KL divergence first.
  func seriesTraversal() -> SeriesChart {
    let (all, divergences) = rankedDimensions
    let places: [Double] = [-3, -1.5, 0, 1.5, 3]
    let blocks = all.prefix(9).map { dimension in
      let points = places.flatMap { place in (0..<latentSize).map { $0 == dimension ? place : 0 } }
      let drawn = lines(
        places.map { "at \(Format.fixed($0, 1))" },
        Tensor(points, shape: [places.count, latentSize], element: saved.element),
        labels: commonLabel.map { Array(repeating: $0, count: places.count) })
      return SeriesChart.Block(
        "z\(dimension)" + (divergences.map { ", KL \(Format.fixed($0[dimension], 2)) nats" } ?? ""),
        features: featureNames.indices.map { feature in drawn.map { $0[feature] } }, ends: ends())
    }
    return chart("Each latent dimension from -3 to 3, the others at 0", blocks)
  }

  /// What the features are called.
  private var featureNames: [String] {
    let count = size.features
    if let names = saved.featureNames, names.count == count { return names }
    return count == 1 ? ["value"] : (0..<count).map { "feature \($0)" }
  }

  /// Steps and features that are drawn: a vector's numbers are in a row.
  private var size: (steps: Int, features: Int) {
    if case .vector(let size) = saved.example { (size, 1) } else { (saved.example.steps, saved.example.features) }
  }

  private func chart(_ title: String, _ blocks: [SeriesChart.Block]) -> SeriesChart {
    let features = Array(featureNames.prefix(SeriesChart.mostFeatures))
    let shown = blocks.map {
      SeriesChart.Block($0.title, features: Array($0.features.prefix(features.count)), ends: $0.ends)
    }
    return SeriesChart(
      title: title
        + (features.count < featureNames.count ? " (\(features.count) of \(featureNames.count) features)" : ""),
      features: features, blocks: shown)
  }

  /// Numbers of examples as far apart as can be: at most `most`, in order.
  private func spread(_ count: Int, _ most: Int) -> [Int] {
    let shown = min(count, most)
    return (0..<shown).map { shown == 1 ? 0 : $0 * (count - 1) / (shown - 1) }
  }

  /// What is decoded, a line for each feature of each point: points [N, Z].
  ///
  /// - Parameter names: of each point
  private func lines(_ names: [String], _ points: Tensor, labels: [UInt8]?) -> [[SeriesChart.Line]] {
    zip(names, columns(of: saved.decode(points, labels: labels, on: workers))).map { name, features in
      features.map { SeriesChart.Line(name, $0) }
    }
  }

  /// The same, all of one name, with bands that 90% of what is to be expected lies in.
  private func lines(_ name: String, _ points: Tensor, labels: [UInt8]?) -> [[SeriesChart.Line]] {
    let band = saved.model.interval(points, labels: labels, probability: 0.9)
    let (low, high) = (columns(of: band.low), columns(of: band.high))
    var lines = lines(Array(repeating: name, count: points.shape[0]), points, labels: labels)
    for row in lines.indices {
      for feature in lines[row].indices { lines[row][feature].band = (low[row][feature], high[row][feature]) }
    }
    return lines
  }

  /// The examples with these numbers, NaN where a value is missing.
  private func originals(_ images: any Dataset, _ indices: [Int]) -> [[SeriesChart.Line]] {
    let batch = images.batch(indices[...], in: BatchContext(element: saved.element))
    let (values, known) = (columns(of: batch.values), batch.observed.map { columns(of: $0, inUnits: false) })
    return values.indices.map { row in
      values[row].indices.map { feature in
        var line = values[row][feature]
        if let known { for step in line.indices where known[row][feature][step] == 0 { line[step] = .nan } }
        return SeriesChart.Line("data", line)
      }
    }
  }

  /// The numbers of examples [N, T D] or [N, T, D], feature by feature: [N][D][T].
  private func columns(of values: Tensor, inUnits: Bool = true) -> [[[Double]]] {
    let count = values.shape[0]
    let rows = values.reshaped(to: [count] + saved.example.dimensions)
    let numbers = (inUnits ? saved.inUnits(rows) : rows).values
    let (steps, features) = size
    return (0..<count).map { row in
      (0..<features).map { feature in (0..<steps).map { numbers[(row * steps + $0) * features + feature] } }
    }
  }

  /// What stands below the first and the last step of an example.
  private func ends(_ images: (any Dataset)? = nil, _ number: Int = 0) -> (first: String, last: String) {
    if let series = images.map({ AnyDataset($0).base }) as? SeriesDataset { return series.ends(of: number) }
    if case .vector = saved.example { return ("number 0", "\(size.steps - 1)") }
    return ("step 0", "\(size.steps - 1)")
  }
}
