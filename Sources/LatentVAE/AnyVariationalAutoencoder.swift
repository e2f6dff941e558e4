import Latent

/// A variational auto-encoder whose encoder and decoder are chosen at run time.
public typealias AnyVariationalAutoencoder = VariationalAutoencoder<AnyEncoder, AnyDecoder>

extension VariationalAutoencoder {
  /// The same model, whatever its encoder and decoder are. Its parameters keep their paths.
  public var erased: AnyVariationalAutoencoder {
    var erased = AnyVariationalAutoencoder(
      encoder: AnyEncoder(encoder), decoder: AnyDecoder(decoder), likelihood: likelihood, objective: objective,
      classes: classes)
    erased.classLabels = classLabels
    return erased
  }
}
