extension Plain.VAE {
  /// The library's path of each of ``weights`` in a model of an LSTM encoder and a dense decoder.
  public static let paths: [(path: String, name: String)] = [
    ("encoder.lstm.kernel", "lstm.kernel"), ("encoder.lstm.recurrentKernel", "lstm.recurrent_kernel"),
    ("encoder.lstm.bias", "lstm.bias"), ("encoder.mean.kernel", "mean.kernel"), ("encoder.mean.bias", "mean.bias"),
    ("encoder.logVariance.kernel", "log_variance.kernel"), ("encoder.logVariance.bias", "log_variance.bias"),
    ("decoder.hidden.kernel", "decoder_hidden.kernel"), ("decoder.hidden.bias", "decoder_hidden.bias"),
    ("decoder.output.kernel", "decoder_output.kernel"), ("decoder.output.bias", "decoder_output.bias"),
  ]

  /// The plain form of a model's parameters, given with their paths.
  public static func weights(_ parameters: [(path: String, values: [Double])]) -> [String: [Double]] {
    Dictionary(
      uniqueKeysWithValues: parameters.map { parameter in
        guard let name = paths.first(where: { $0.path == parameter.path })?.name else {
          preconditionFailure("Plain.VAE has no \(parameter.path)")
        }
        return (name, parameter.values)
      })
  }
}
