import Latent
import LatentData
import LatentFiles

/// A variational auto-encoder (Kingma & Welling 2014) of any encoder, decoder, likelihood and objective.
///
/// Its loss is the mean over the batch of -log p(x|z) + KL(q(z|x) || N(0, I)), with one sample of z for each example, or
/// what its ``Objective`` makes of these. With `classes`, it is conditional on the labels (Sohn, Lee & Yan 2015): the
/// encoder gets the label's one-hot vector beside what it has found, and the decoder beside z.
public struct VariationalAutoencoder<E: Encoder, D: Decoder>: TrainableModel {
  /// x -> q(z|x)
  public var encoder: E
  /// z -> what the likelihood is parametrised by
  public var decoder: D
  /// p(x|z)
  public var likelihood: any Likelihood
  /// What training minimises.
  public var objective: any Objective
  /// C, the number of classes that it is conditional on; 0 for none. Encoder and decoder must be made for it.
  public let classes: Int
  /// The label of each class, ascending: [C]. They are 0 ..< C where nothing else is said, and those that training sees
  /// where data have others, such as 17 to 30.
  public var classLabels: [UInt8] {
    didSet { checkLabels() }
  }

  public init(
    encoder: E, decoder: D, likelihood: any Likelihood = BernoulliLikelihood(),
    objective: any Objective = EvidenceLowerBound(),
    classes: Int = 0
  ) {
    require((0...256).contains(classes), "VariationalAutoencoder: \(classes) classes; labels are 0 to 255")
    self.encoder = encoder
    self.decoder = decoder
    self.likelihood = likelihood
    self.objective = objective
    self.classes = classes
    classLabels = (0..<classes).map { UInt8($0) }
  }

  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("encoder", &encoder)
    visitor.visit("decoder", &decoder)
    visitor.visit("likelihood", &likelihood)
  }

  /// The loss of a batch, in nats per example, with the parts `reconstruction` and `kl`.
  ///
  /// Of a batch with missing values, the reconstruction is that of the known ones, and the encoder reads 0 for the others, or
  /// which they are, too (``Encoder``). Its lengths can't be taken: mark what lies beyond an example's end as missing instead.
  public func loss(_ batch: ExampleBatch, tape: Tape) -> LossTerms {
    checkLengths(batch)
    let noise = batch.noise(columns: objective.samples * encoder.latentSize, workspace: tape.workspace)
    return loss(batch.values, labels: batch.labels, observed: batch.observed, noise: noise, tape: tape)
  }

  /// The loss of x [B, T, D] for given noise [B, K Z].
  ///
  /// - Parameter observed: 1 where a value of x is known and 0 where it is missing, of its shape; nil where all are known
  public func loss(
    _ x: Tensor, labels: [UInt8]? = nil, observed: Tensor? = nil, noise: Tensor, tape: Tape
  ) -> LossTerms {
    let x = observed.map { known(x, $0) } ?? x
    let condition = condition(labels, count: x.shape[0], tape)
    let (mean, logVariance) = encoder(
      tape.constant(x), observed: observed.map(tape.constant), condition: condition)
    let pass = LatentPass(
      x: x, observed: observed, mean: mean, logVariance: logVariance, noise: noise, likelihood: likelihood,
      condition: condition,
      decoder: decoder)
    return tape.scoped("loss") { objective.loss(of: pass) }
  }

  /// The latent Gaussian of each example: mean and log-variance [B, Z].
  public func encode(_ batch: ExampleBatch) -> (mean: Tensor, logVariance: Tensor) {
    checkLengths(batch)
    return encode(batch.values, labels: batch.labels, observed: batch.observed)
  }

  /// The latent Gaussian of each example: x [B, T, D] -> mean and log-variance [B, Z].
  ///
  /// - Parameter observed: 1 where a value of x is known and 0 where it is missing, of its shape; nil where all are known
  public func encode(
    _ x: Tensor, labels: [UInt8]? = nil, observed: Tensor? = nil
  ) -> (mean: Tensor, logVariance: Tensor) {
    let tape = Tape()
    let condition = condition(labels, count: x.shape[0], tape)
    let (mean, logVariance) = encoder(
      tape.constant(observed.map { known(x, $0) } ?? x), observed: observed.map(tape.constant), condition: condition)
    return (mean.tensor, logVariance.tensor)
  }

  /// Latent points to pixels in 0...1: z [B, Z] -> [B, T D].
  public func decode(_ z: Tensor, labels: [UInt8]? = nil) -> Tensor {
    likelihood.mean(decoded(z, labels)).tensor
  }

  /// The share of the likelihood's variances or scales that are held by their lower bound, where these points are decoded:
  /// ``Likelihood/shareAtBound(_:)``; nil where it has none.
  public func shareAtBound(_ z: Tensor, labels: [UInt8]? = nil) -> Double? {
    likelihood.shareAtBound(decoded(z, labels).tensor)
  }

  /// What elements lie in with a probability, given latent points: z [B, Z] -> two tensors [B, T D]; see
  /// ``Likelihood/interval(_:probability:)``.
  public func interval(_ z: Tensor, labels: [UInt8]? = nil, probability: Double) -> (low: Tensor, high: Tensor) {
    likelihood.interval(decoded(z, labels).tensor, probability: probability)
  }

  /// What the decoder gives the likelihood: z [B, Z] -> [B, T D k].
  private func decoded(_ z: Tensor, _ labels: [UInt8]?) -> Variable {
    let tape = Tape()
    return decoder(joined(tape.constant(z), condition(labels, count: z.shape[0], tape)))
  }

  /// The decoded means of each example, also of what is missing: [B, T D].
  public func reconstruct(_ batch: ExampleBatch) -> Tensor {
    decode(encode(batch).mean, labels: batch.labels)
  }

  /// The decoded means: x [B, T, D] -> [B, T D].
  ///
  /// - Parameter observed: 1 where a value of x is known and 0 where it is missing, of its shape; nil where all are known
  public func reconstruct(_ x: Tensor, labels: [UInt8]? = nil, observed: Tensor? = nil) -> Tensor {
    decode(encode(x, labels: labels, observed: observed).mean, labels: labels)
  }

  /// x with 0 in place of what is missing, whatever stands there.
  func known(_ x: Tensor, _ observed: Tensor) -> Tensor {
    require(
      observed.shape == x.shape,
      "VariationalAutoencoder: observed \(observed.shape), x \(x.shape)"
        + "; both must have one shape")
    let tape = Tape()
    let nothing = tape.constant(Tensor(zeros: [1], element: x.element))
    return tape.constant(observed).select(tape.constant(x), nothing).tensor
  }

  func checkLengths(_ batch: ExampleBatch) {
    require(
      batch.lengths == nil,
      "VariationalAutoencoder: the encoder takes no lengths, and the batch has some; mark what is beyond them as missing"
    )
  }

  private func checkLabels() {
    require(
      classLabels.count == classes && zip(classLabels, classLabels.dropFirst()).allSatisfy(<),
      "VariationalAutoencoder: the labels \(classLabels) for \(classes) classes; there must be one for each, ascending")
  }

  /// The labels' one-hot vectors [B, C]; nil where the model is not conditional.
  func condition(_ labels: [UInt8]?, count: Int, _ tape: Tape) -> Variable? {
    guard classes > 0 else { return nil }
    guard let labels, labels.count == count else {
      fatalError("VariationalAutoencoder: \(labels?.count ?? 0) labels for \(count) examples of a conditional model")
    }
    return tape.constant(Tensor(oneHot: labels, of: classLabels, element: encoder.parameters[0].value.element))
  }

  /// z [..., Z] and the condition [..., C] side by side.
  func joined(_ z: Variable, _ condition: Variable?) -> Variable {
    condition.map { Variable.concatenated([z, $0], axis: -1) } ?? z
  }
}
