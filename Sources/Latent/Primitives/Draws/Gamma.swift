import LatentKernels

/// Logarithms of draws from gamma distributions of scale 1, which do not vanish where the concentration is small. The gradient is that
/// of a draw that keeps its place in the distribution (implicit reparameterisation; Figurnov, Mohamed & Mnih 2018).
///
///     concentration, result [B, ...]; above 0, else NaN
///     d concentration = -dy (dF / d concentration) / (z f(z)) with z = exp(y), F the distribution function and f the density
///
/// - Parameters:
///   - key: for this step and this place in the model
///   - examples: a number for each of the B examples: what is drawn for it depends on it, the key and the concentration alone
public func logGammaSample(concentration: Variable, key: RandomKey, examples: [UInt64]) -> Variable {
  let columns = columns("logGammaSample", concentration, examples)
  let (alpha, output) = (concentration.tensor.storage, concentration.tape.makeTensor(like: concentration.tensor))
  output.storage.assignLogGammaDraws(of: alpha, key: key.bits, streams: examples, columns: columns)
  return concentration.tape.record("logGammaSample", concentration, output: output) { backward in
    if !backward.needs(0) { return }
    let slopes = backward.makeTensor(like: output)
    slopes.storage.assignLogGammaSlopes(of: alpha, draws: output.storage)
    backward.transform(0) { $1.assign(.multiply, $0, slopes.storage) }
  }
}

/// Draws from gamma distributions of scale 1; divided by a rate, they have that. The gradient is that of
/// ``logGammaSample(concentration:key:examples:)-(Variable,_,_)``.
///
///     concentration, result [B, ...]
public func gammaSample(concentration: Variable, key: RandomKey, examples: [UInt64]) -> Variable {
  logGammaSample(concentration: concentration, key: key, examples: examples).exp()
}

/// Draws from beta distributions: x / (x + y) of draws x and y from the gamma distributions of alpha and beta, whose gradients they have
/// (``logGammaSample(concentration:key:examples:)-(Variable,_,_)``).
///
///     alpha, beta, result [B, ...]
public func betaSample(alpha: Variable, beta: Variable, key: RandomKey, examples: [UInt64]) -> Variable {
  let x = logGammaSample(concentration: alpha, key: key.child(0), examples: examples)
  return (x - logGammaSample(concentration: beta, key: key.child(1), examples: examples)).sigmoid()
}

/// Draws from Dirichlet distributions: draws from gamma distributions over their sum along the last axis, with their gradients
/// (``logGammaSample(concentration:key:examples:)-(Variable,_,_)``).
///
///     concentration, result [B, ..., C]
public func dirichletSample(concentration: Variable, key: RandomKey, examples: [UInt64]) -> Variable {
  logGammaSample(concentration: concentration, key: key, examples: examples).softmax()
}
