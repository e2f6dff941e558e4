import Latent
import LatentData
import LatentFiles
import LatentMeasures

/// The pictures that are plots.
extension LatentPictures {
  /// The images' latent means, a point each: in the plane of their first two principal components, or where the model has
  /// two dimensions in these. A single one is drawn against the classes.
  public func scatter() throws(LatentPictureError) -> ScatterPlot {
    let (images, means, _) = try encoded(for: .scatter)
    let values: (x: [Double], y: [Double])
    var titles = (x: "z0", y: "z1")
    switch latentSize {
    case 1:
      values = (means.values, spread(images))
      titles.y = images.labels == nil ? "apart at random" : "class, apart at random"
    case 2: values = columns(means)
    default:
      let components = try components(means, for: .scatter)
      values = columns(components.transform(means))
      let shares = components.explained.map { "\(Format.fixed(100 * $0, 0)) % of the variance" }
      titles = ("first principal component, \(shares[0])", "second, \(shares[1])")
    }
    var plot = ScatterPlot(
      title: "Latent codes", subtitle: subtitle(images), xTitle: titles.x, yTitle: titles.y, x: values.x, y: values.y,
      classes: images.labels)
    plot.names = images.classNames ?? []
    plot.hasVerticalTicks = latentSize > 1
    return plot
  }

  /// The images' latent means, near ones near each other.
  public func tsne(perplexity: Double = 30) throws(LatentPictureError) -> ScatterPlot {
    let (images, means, _) = try encoded(for: .tsne)
    guard images.count > 1 else { throw LatentPictureError(.tsne, "it takes at least two \(saved.example.plural)") }
    let map: TSNE.Map
    do { map = try TSNE(perplexity: perplexity, seed: seed).embed(means) } catch {
      throw LatentPictureError(.tsne, "the codes are not finite")
    }
    let (x, y) = columns(map.points)
    var plot = ScatterPlot(
      title: "Latent codes by t-SNE",
      subtitle: subtitle(images)
        + ", perplexity \(Format.fixed(perplexity, 0)), KL \(Format.fixed(map.divergence, 2)) nats",
      xTitle: "", yTitle: "", x: x, y: y, classes: images.labels)
    plot.names = images.classNames ?? []
    (plot.hasHorizontalTicks, plot.hasVerticalTicks) = (false, false)
    return plot
  }

  /// The KL divergence of each latent dimension, the largest first.
  public func divergences() throws(LatentPictureError) -> BarChart {
    let (images, mean, logVariance) = try encoded(for: .kl)
    let kl = LatentStatistics(mean: mean, logVariance: logVariance).divergences
    let active = kl.count { $0 >= 0.01 }
    return BarChart(
      title: "KL divergence of each latent dimension",
      subtitle:
        "\(Format.grouped(Double(images.count))) \(saved.example.plural) of \(images.name): \(Format.fixed(kl.reduce(0, +), 2)) nats in "
        + "all, \(active) of \(kl.count) dimensions above 0.01",
      xTitle: "latent dimension", yTitle: saved.example.naming("nats per image"),
      bars: kl.indices.sorted { (kl[$0], $1) > (kl[$1], $0) }.map { BarChart.Bar("z\($0)", kl[$0]) })
  }

  private func subtitle(_ images: some Dataset) -> String {
    "The latent means of \(Format.grouped(Double(images.count))) \(images.count == 1 ? saved.example.singular : saved.example.plural) of \(images.name)"
  }

  private func components(_ means: Tensor, for kind: PictureKind) throws(LatentPictureError) -> PrincipalComponents {
    guard means.shape[0] > 1 else { throw LatentPictureError(kind, "it takes at least two \(saved.example.plural)") }
    do { return try PrincipalComponents(of: means, count: 2) } catch {
      throw LatentPictureError(kind, "the codes are not finite")
    }
  }

  /// The columns of [N, 2].
  private func columns(_ points: Tensor) -> (x: [Double], y: [Double]) {
    let values = points.values
    return (
      stride(from: 0, to: values.count, by: 2).map { values[$0] },
      stride(from: 1, to: values.count, by: 2).map { values[$0] }
    )
  }

  /// A row for each class, the images of a class apart by 0.7 at most.
  private func spread(_ images: some Dataset) -> [Double] {
    var generator = RandomKey(seed: seed).child("spread").bits
    return (0..<images.count).map { index in
      // Weyl's sequence of the golden ratio fills a row evenly.
      generator &+= 0x9e37_79b9_7f4a_7c15
      return Double(images.labels?[index] ?? 0) + 0.7 * (Double(generator >> 11) / 0x1p53 - 0.5)
    }
  }
}
