import Latent
import LatentData
import LatentFiles
import LatentMeasures
import LatentReport
import LatentTraining
import LatentVAE
import TestSupport
import Testing

/// The pictures of a small model with its first weights: each image of a grid against the model's own decoding.
@Suite struct LatentPicturesTests {
  private let workers = DataParallel(threads: 2, shards: 1)

  private func model(
    latent: Int = 3, classes: Int = 0, classLabels: [UInt8]? = nil,
    changing change: (inout [String: Tensor]) -> Void = { _ in }
  ) throws -> SavedModel {
    let plan = testPlan(
      .mlp, sizes: .init(hidden: 6, latent: latent, decoder: 7), height: 28, width: 28, classes: classes,
      classLabels: classLabels)
    var model = plan.makeModel(key: RandomKey(seed: 3))
    var tensors = Dictionary(uniqueKeysWithValues: model.tensors.map { ($0.path, $0.value) })
    change(&tensors)
    try model.load(tensors)
    return SavedModel(model, plan: plan)
  }

  private func digits(_ count: Int, labelled: Bool = true) -> ImageDataset {
    let digits = ImageDataset.synthetic(count: count)
    return ImageDataset(
      name: "digits", height: 28, width: 28, pixels: (0..<count).flatMap { digits.image($0) },
      labels: labelled ? digits.labels : nil)
  }

  /// The images of a grid whose cells lie at the right and the bottom of the picture.
  private func cells(
    _ picture: Picture, columns: Int, rows: Int, scale: Int = 3, padding: Int = 3, bandRows: Int = 1,
    bandGap: Int? = nil
  ) -> [[UInt8]] {
    let layout = GridLayout(
      columns: columns, rows: rows, cellWidth: 28 * scale, cellHeight: 28 * scale, padding: padding, bandRows: bandRows,
      bandGap: bandGap)
    let (left, top) = (picture.width - layout.width, picture.height - layout.height)
    return (0..<rows * columns).map { place in
      let (x, y) = (left + layout.x(column: place % columns), top + layout.y(row: place / columns))
      return (0..<784).map { picture[x + $0 % 28 * scale + scale / 2, y + $0 / 28 * scale + scale / 2].first! }
    }
  }

  /// Decoded at once, not batch by batch.
  private func decoded(_ saved: SavedModel, _ points: [[Double]], labels: [UInt8]? = nil) -> [[UInt8]] {
    let size = saved.latentSize
    let images = saved.model.decode(
      Tensor(points.flatMap(\.self), shape: [points.count, size]), labels: labels
    ).floats
    let bytes = ImageStack(images, height: 28, width: 28).bytes
    return points.indices.map { Array(bytes[$0 * 784..<($0 + 1) * 784]) }
  }

  private func agree(_ found: [[UInt8]], _ expected: [[UInt8]]) -> Bool {
    found.count == expected.count
      && zip(found, expected).allSatisfy { zip($0, $1).allSatisfy { abs(Int($0) - Int($1)) <= 1 } }
  }

  @Test(arguments: [false, true])
  func traversal(isConditional: Bool) throws {
    let saved = try model(classes: isConditional ? 10 : 0)
    let data = digits(40)
    let pictures = try LatentPictures(of: saved, images: data, label: isConditional ? 7 : nil, on: workers)
    let picture = try pictures.picture(.traversal)
    let (mean, logVariance) = saved.encode(data, on: workers)
    let kl = LatentStatistics(mean: mean, logVariance: logVariance).divergences
    var points: [[Double]] = []
    for dimension in (0..<3).sorted(by: { kl[$0] > kl[$1] }) {
      for value in stride(from: -3.0, through: 3, by: 0.5) {
        var point = [0.0, 0, 0]
        point[dimension] = value
        points.append(point)
      }
    }
    let expected = decoded(saved, points, labels: isConditional ? [UInt8](repeating: 7, count: 39) : nil)
    #expect(agree(cells(picture, columns: 13, rows: 3), expected))
  }

  /// Without images, in the order of the dimensions; of very many, the first 20.
  @Test func traversalOfAModelAlone() throws {
    for size in [1, 30] {
      let saved = try model(latent: size)
      let picture = try LatentPictures(of: saved, on: workers).picture(.traversal)
      let points = (0..<min(size, 20)).flatMap { dimension in
        (-6...6).map { (step: Int) -> [Double] in
          var point = [Double](repeating: 0, count: size)
          point[dimension] = Double(step) / 2
          return point
        }
      }
      #expect(agree(cells(picture, columns: 13, rows: min(size, 20)), decoded(saved, points)))
    }
  }

  @Test func interpolation() throws {
    let (saved, data) = (try model(), digits(30))
    let pictures = try LatentPictures(of: saved, images: data, on: workers)
    let means = saved.encode(data, on: workers).mean
    func rows(_ pair: (Int, Int), _ path: LatentPath) -> [[UInt8]] {
      let points = path.points(
        from: means[rows: pair.0..<pair.0 + 1].reshaped(to: [3]),
        to: means[rows: pair.1..<pair.1 + 1].reshaped(to: [3]),
        at: (0...10).map { Double($0) / 10 }
      ).values
      return [data.image(pair.0)] + decoded(saved, (0...10).map { Array(points[3 * $0..<3 * $0 + 3]) })
        + [data.image(pair.1)]
    }
    let one = try pictures.interpolation([(4, 17)], along: [.spherical])
    #expect(agree(cells(one, columns: 13, rows: 1), rows((4, 17), .spherical)))

    // By itself: five pairs of unlike images, none twice, both ways.
    let labels = try #require(data.labels)
    let picture = try pictures.picture(.interpolation)
    let found = cells(picture, columns: 13, rows: 10, bandRows: 2, bandGap: 18)
    var used: [Int] = []
    for row in 0..<5 {
      let ends = [found[row * 26], found[row * 26 + 12]].map { end in (0..<30).first { data.image($0) == end } }
      let (from, to) = (try #require(ends[0]), try #require(ends[1]))
      #expect(labels[from] != labels[to])
      used += [from, to]
      #expect(agree(Array(found[row * 26..<row * 26 + 13]), rows((from, to), .linear)))
      #expect(agree(Array(found[row * 26 + 13..<row * 26 + 26]), rows((from, to), .spherical)))
    }
    #expect(Set(used).count == 10)

    #expect(throws: LatentPictureError.self) { try pictures.interpolation([(0, 30)]) }
    let single = try LatentPictures(of: saved, images: digits(1), on: workers)
    #expect(throws: LatentPictureError.self) { try single.picture(.interpolation) }
  }

  @Test func manifold() throws {
    let saved = try model(latent: 2)
    let picture = try LatentPictures(of: saved, on: workers).manifold(side: 3)
    // The quantiles at 1/6, 1/2 and 5/6 of N(0, 1), from a table.
    let places = [-0.967421566, 0, 0.967421566]
    let points = places.reversed().flatMap { y in places.map { [$0, y] } }
    #expect(agree(cells(picture, columns: 3, rows: 3, scale: 2, padding: 0), decoded(saved, points)))
    for size in [1, 3] {
      let others = try LatentPictures(of: try model(latent: size), on: workers)
      #expect(
        throws: LatentPictureError(
          .manifold, "it takes a model of 2 latent dimensions, and this one has \(size)")
      ) { try others.picture(.manifold) }
    }
  }

  /// Each column of a conditional model's samples shows a class.
  @Test func samplesOfClasses() throws {
    let saved = try model(classes: 4)
    let noise = Tensor.normalNoise(
      key: RandomKey(seed: 5).child("samples"), streams: (0..<100).map { UInt64($0) }, columns: 3
    ).values
    let points = (0..<100).map { Array(noise[3 * $0..<3 * $0 + 3]) }
    let byColumn = try LatentPictures(of: saved, seed: 5, on: workers).picture(.samples)
    let labels = (0..<100).map { UInt8($0 % 10 % 4) }
    #expect(agree(cells(byColumn, columns: 10, rows: 10), decoded(saved, points, labels: labels)))
    let one = try LatentPictures(of: saved, label: 2, seed: 5, on: workers).picture(.samples)
    let twos = [UInt8](repeating: 2, count: 100)
    #expect(agree(cells(one, columns: 10, rows: 10), decoded(saved, points, labels: twos)))
  }

  /// Classes are those that training saw, by their own labels; there are as many columns as classes, up to 20.
  @Test(arguments: [[3, 7, 200], Array(17...30), Array(stride(from: 0, to: 94, by: 2))] as [[UInt8]])
  func samplesOfOtherLabels(_ classLabels: [UInt8]) throws {
    let saved = try model(classLabels: classLabels)
    let columns = min(max(10, classLabels.count), 20)
    let noise = Tensor.normalNoise(
      key: RandomKey(seed: 0).child("samples"), streams: (0..<UInt64(10 * columns)).map(\.self), columns: 3
    ).values
    let points = (0..<10 * columns).map { Array(noise[3 * $0..<3 * $0 + 3]) }
    let picture = try LatentPictures(of: saved, on: workers).picture(.samples)
    let labels = (0..<10 * columns).map { classLabels[$0 % columns % classLabels.count] }
    #expect(agree(cells(picture, columns: columns, rows: 10), decoded(saved, points, labels: labels)))
    #expect(Set(labels).count == min(classLabels.count, 20))
    // What no class is called is refused by the list of what they are.
    #expect {
      try LatentPictures(of: saved, label: 5, on: workers)
    } throws: { error in
      "\(error)" == "no pictures: the model knows labels \(LabelList(classLabels)), and not 5"
    }
  }

  @Test func scatterIsWhereTheComponentsSay() throws {
    let (saved, data) = (try model(), digits(60))
    let pictures = try LatentPictures(of: saved, images: data, on: workers)
    let plot = try pictures.scatter()
    let means = saved.encode(data, on: workers).mean
    let expected = try PrincipalComponents(of: means, count: 2).transform(means).values
    #expect(plot.classes == data.labels)
    for index in 0..<60 {
      #expect(abs(plot.x[index] - expected[2 * index]) < 1e-5 && abs(plot.y[index] - expected[2 * index + 1]) < 1e-5)
    }
    let picture = try pictures.picture(.scatter)
    #expect(picture == plot.picture())
    let coloured = plot.places.compactMap { $0 }.count { place in picture[place.x, place.y].min()! < 200 }
    #expect(coloured >= 50, "but for those below a name")

    // Two dimensions are the axes themselves, one is drawn against the classes.
    let two = try model(latent: 2)
    let plane = try LatentPictures(of: two, images: data, on: workers).scatter()
    #expect(zip(plane.x, plane.y).flatMap { [$0, $1] } == two.encode(data, on: workers).mean.values)
    let one = try model(latent: 1)
    for labelled in [true, false] {
      let line = try LatentPictures(of: one, images: digits(60, labelled: labelled), on: workers).scatter()
      #expect(line.x == one.encode(data, on: workers).mean.values)
      let rows = line.y.map { $0.rounded() }
      #expect(rows == (labelled ? data.labels!.map(Double.init) : [Double](repeating: 0, count: 60)))
      #expect(Set(line.y).count == 60 && (line.classes == nil) == !labelled)
    }
  }

  @Test func divergencesAndNeighbourhoods() throws {
    let (saved, data) = (try model(), digits(50))
    let pictures = try LatentPictures(of: saved, images: data, seed: 2, on: workers)
    let chart = try pictures.divergences()
    let (mean, logVariance) = saved.encode(data, on: workers)
    let kl = LatentStatistics(mean: mean, logVariance: logVariance).divergences
    #expect(chart.bars.map(\.value) == kl.sorted(by: >))
    #expect(chart.bars.allSatisfy { kl[Int($0.name.dropFirst())!] == $0.value })
    // Their sum is the model's own divergence.
    #expect(abs(kl.reduce(0, +) - saved.losses(of: data, on: workers)["kl"]!) < 1e-4)

    let map = try TSNE(perplexity: 10, seed: 2).embed(mean).points.values
    let plot = try pictures.tsne(perplexity: 10)
    #expect(zip(plot.x, plot.y).flatMap { [$0, $1] } == map)
  }

  @Test func everyKindOnAnyNumberOfThreads() throws {
    let (saved, data) = (try model(latent: 2), digits(300))
    let pictures = try [1, 2].map {
      try LatentPictures(of: saved, images: data, on: DataParallel(threads: $0, shards: 1))
    }
    for kind in PictureKind.allCases where kind != .curves && kind != .tsne {
      #expect(try pictures[0].picture(kind) == pictures[1].picture(kind), "\(kind)")
      let alone = try LatentPictures(of: saved, on: workers)
      if kind.needsImages && kind != .traversal {
        #expect(throws: LatentPictureError(kind, "it is made from images, and there are none")) {
          try alone.picture(kind)
        }
      }
    }
    #expect(throws: LatentPictureError.self) { try pictures[0].picture(.curves) }
  }

  /// What can't be drawn is refused in one line; what can be drawn badly is drawn.
  @Test func whatIsWrong() throws {
    func reason(_ saved: SavedModel, _ images: ImageDataset?, label: UInt8? = nil) -> String? {
      do throws(LatentPictureError) {
        _ = try LatentPictures(of: saved, images: images, label: label, on: workers)
        return nil
      } catch { return error.description }
    }
    let broken = try model { $0["decoder.hidden.bias"] = Tensor([0, .nan, 0, 0, 0, 0, 0], shape: [7]) }
    #expect(reason(broken, nil) == "no pictures: the model's weights decoder.hidden.bias are not finite")
    let (saved, conditional) = (try model(), try model(classes: 3))
    #expect(
      reason(saved, ImageDataset(name: "small", height: 2, width: 2, pixels: [1, 2, 3, 4]))
        == "no pictures: the model is for images of 28x28, and there are 1 of 2x2 in small")
    #expect(
      reason(saved, digits(4).prefix(0))
        == "no pictures: the model is for images of 28x28, and there are 0 of 28x28 in digits")
    #expect(
      reason(conditional, digits(40))
        == "no pictures: the model knows labels from 0 to 2, and digits has from 3 to 9")
    #expect(
      reason(conditional, digits(4, labelled: false))
        == "no pictures: the model is conditional on labels, and digits has none")
    #expect(reason(saved, nil, label: 1) == "no pictures: the model is not conditional on labels, such as 1")
    #expect(reason(conditional, nil, label: 3) == "no pictures: the model knows labels from 0 to 2, and not 3")

    // Finite weights whose codes are not.
    let huge = try model {
      for (path, tensor) in $0 where path.hasPrefix("encoder") {
        $0[path] = Tensor(repeating: 1e38, shape: tensor.shape)
      }
    }
    let pictures = try LatentPictures(of: huge, images: digits(30), on: workers)
    for kind in [PictureKind.samples, .traversal] { _ = try pictures.picture(kind) }
    for kind in [PictureKind.reconstructions, .interpolation, .scatter, .tsne, .kl] {
      #expect(throws: LatentPictureError(kind, "the codes are not finite")) { try pictures.picture(kind) }
    }
  }
}
