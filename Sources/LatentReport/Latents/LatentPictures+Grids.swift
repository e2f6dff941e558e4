import Latent
import LatentData
import LatentFiles
import LatentMeasures
import LatentTraining
import LatentVAE

/// The pictures that are made of images.
extension LatentPictures {
  /// The first images, at most 30, above what is decoded from their means.
  public func reconstructions() throws(LatentPictureError) -> Picture {
    try requireImages(for: .reconstructions)
    let images = try encoded(for: .reconstructions).images.prefix(30)
    return ImageGrid.reconstructions(
      originals: ImageStack(images, first: images.count),
      reconstructions: ImageStack(
        ImageStack.bytes(of: saved.reconstruct(images, on: workers)), of: saved.example),
      columns: min(10, images.count), bands: 3,
      scale: scale)
  }

  /// Ten rows of ten images decoded from N(0, I), drawn by the seed. Of a conditional model, each column shows a class:
  /// there are more columns for more classes, at most 20.
  public func samples() throws(LatentPictureError) -> Picture {
    try requireImages(for: .samples)
    let classes = saved.classLabels
    let columns = label == nil ? min(max(10, classes.count), 20) : 10
    let noise = Tensor.normalNoise(
      key: RandomKey(seed: seed).child("samples"), streams: (0..<UInt64(10 * columns)).map(\.self), columns: latentSize,
      element: saved.element)
    guard let first = label ?? classes.first else {
      return ImageGrid.samples(decoded(noise, labels: nil), scale: scale)
    }
    let shown = label == nil ? (0..<columns).map { classes[$0 % classes.count] } : Array(repeating: first, count: 10)
    let decoded = decoded(noise, labels: (0..<10 * columns).map { shown[$0 % columns] })
    let title =
      label != nil || classes.count == 1
      ? "Random latent points, decoded as \(name(of: first))"
      : "Random latent points, each column decoded as a class"
        + (classes.count > columns ? ": \(columns) of \(classes.count)" : "")
    // A name needs room that a number does not.
    let texts = self.columns * scale < 80 ? shown.map { "\($0)" } : shown.map { shortName(of: $0) }
    return ImageGrid.samples(
      decoded, columns: columns, scale: scale,
      labels: ImageGrid.Labels(title: title, columns: label == nil ? texts : []))
  }

  /// Images decoded on the way from one image's code to another's, with the images themselves at the ends.
  ///
  /// - Parameters:
  ///   - pairs: the images' numbers; nil for up to five pairs of unlike classes. Of a conditional model, which decodes a row
  ///     as the class of its first image, pairs are of one class.
  ///   - paths: a row each
  public func interpolation(
    _ pairs: [(from: Int, to: Int)]? = nil, along paths: [LatentPath] = LatentPath.allCases
  ) throws(LatentPictureError) -> Picture {
    try requireImages(for: .interpolation)
    let (images, means, _) = try encoded(for: .interpolation)
    let pairs = pairs ?? firstPairs(images)
    guard !pairs.isEmpty, !paths.isEmpty else {
      throw LatentPictureError(.interpolation, "it takes at least two images")
    }
    for index in pairs.flatMap({ [$0.from, $0.to] }) where !(0..<images.count).contains(index) {
      throw LatentPictureError(
        .interpolation, "there is no image \(index): \(images.name) has \(images.count), counted from 0")
    }
    let times = (0...10).map { Double($0) / 10 }
    var (bytes, rows): ([UInt8], [String]) = ([], [])
    for pair in pairs {
      let (a, b) = (code(means, pair.from), code(means, pair.to))
      for path in paths {
        let decoded = decoded(
          path.points(from: a, to: b, at: times),
          as: !saved.classLabels.isEmpty ? label ?? images.labels?[pair.from] : nil)
        let ends = ImageStack(images, [pair.from, pair.to]).bytes
        bytes += ends[..<(ends.count / 2)] + decoded.bytes + ends[(ends.count / 2)...]
        rows.append(path.rawValue)
      }
    }
    return ImageGrid.picture(
      ImageStack(bytes, of: images.shape), columns: times.count + 2,
      scale: scale,
      labels: ImageGrid.Labels(
        title: "From the code of one image to that of another",
        columns: ["image"] + times.map { "t = \(Format.fixed($0, 1))" } + ["image"], rows: rows),
      bandRows: paths.count)
  }

  /// Each latent dimension from -3 to 3, a row each, the others at 0. With images, the dimensions with the largest KL
  /// divergence come first. At most 20 rows.
  public func traversal() throws(LatentPictureError) -> Picture {
    try requireImages(for: .traversal)
    let (all, divergences) = rankedDimensions
    let shown = all.prefix(20)
    let steps = (-6...6).map { Double($0) / 2 }
    var points = [Double](repeating: 0, count: shown.count * steps.count * latentSize)
    for (row, dimension) in shown.enumerated() {
      for (column, value) in steps.enumerated() {
        points[(row * steps.count + column) * latentSize + dimension] = value
      }
    }
    let decoded = decoded(
      Tensor(points, shape: [shown.count * steps.count, latentSize], element: saved.element), as: commonLabel)
    let title =
      (shown.count < all.count
        ? "The \(shown.count) of \(all.count) latent dimensions with the largest KL"
        : latentSize == 1 ? "The latent dimension" : "Each latent dimension")
      + " from -3 to 3" + (latentSize == 1 ? "" : ", the others at 0") + suffix
    return ImageGrid.picture(
      decoded, columns: steps.count, scale: scale,
      labels: ImageGrid.Labels(
        title: title, columns: steps.map { Format.fixed($0, 1) },
        rows: shown.map { dimension in
          "z\(dimension)" + (divergences.map { "  KL \(Format.fixed($0[dimension], 2))" } ?? "")
        }))
  }

  /// A model of two latent dimensions: images decoded at a grid of points, as far apart as the prior is dense there, the
  /// first dimension to the right and the second upwards.
  ///
  /// - Parameter side: images in a row, and rows
  public func manifold(side: Int = 15) throws(LatentPictureError) -> Picture {
    require(side > 0, "LatentPictures.manifold: a side of \(side); it must be positive")
    try requireImages(for: .manifold)
    guard latentSize == 2 else {
      throw LatentPictureError(.manifold, "it takes a model of 2 latent dimensions, and this one has \(latentSize)")
    }
    let places = (0..<side).map { Quantile.normal((Double($0) + 0.5) / Double(side)) }
    let points = places.reversed().flatMap { y in places.flatMap { x in [x, y] } }
    let decoded = decoded(Tensor(points, shape: [side * side, 2], element: saved.element), as: commonLabel)
    let scale = max(1, min(2, 64 / max(saved.example.steps, columns)))
    // A number needs some 40 pixels.
    let every = (40 + columns * scale - 1) / (columns * scale)
    func texts(_ places: [Double]) -> [String] {
      places.enumerated().map { $0 % every == (side / 2) % every ? Format.fixed($1, 2) : "" }
    }
    return ImageGrid.picture(
      decoded, columns: side, scale: scale, padding: 0,
      labels: ImageGrid.Labels(
        title: "The latent plane at quantiles of N(0, 1): z0 to the right, z1 upwards" + suffix,
        columns: texts(places), rows: texts(places.reversed())))
  }

  /// Grids are of images, grey or in colours.
  private func requireImages(for kind: PictureKind) throws(LatentPictureError) {
    if saved.example.drawn != nil { return }
    throw LatentPictureError(
      kind,
      "it shows images, grey or in colours, and the model's examples are \(saved.example.plural) of \(saved.example)")
  }

  /// What a conditional model has decoded points as.
  private var suffix: String { commonLabel.map { ", decoded as \(name(of: $0))" } ?? "" }

  private func code(_ means: Tensor, _ index: Int) -> Tensor {
    means[rows: index..<index + 1].reshaped(to: [latentSize])
  }

  /// The first images and their next partners, none twice.
  private func firstPairs(_ images: some Dataset) -> [(from: Int, to: Int)] {
    var (pairs, used): ([(from: Int, to: Int)], Set<Int>) = ([], [])
    for first in 0..<images.count where pairs.count < 5 && !used.contains(first) {
      let partner = (first + 1..<max(images.count, first + 1)).first { second in
        guard !used.contains(second) else { return false }
        return images.labels.map { ($0[first] == $0[second]) == !saved.classLabels.isEmpty } ?? true
      }
      guard let partner else { continue }
      used.formUnion([first, partner])
      pairs.append((first, partner))
    }
    // Where all are of one class, any pair is better than none.
    return pairs.isEmpty && images.count > 1 ? [(0, 1)] : pairs
  }
}
