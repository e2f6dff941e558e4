import Latent
import LatentData
import LatentTraining

/// A model that says of each value of a window how little it was expected, such as by -log p. What it says of a window may
/// depend on that window alone: windows come in batches of any size.
///
///     struct Forecast: ScoringModel {
///       let window = 24, features = 3, element = ElementType.float32
///       func scores(of windows: ExampleBatch) -> WindowScores { … }
///     }
///     let scorer = AnomalyScorer(Forecast(), scaling: scaling)
///
/// ``AutoencoderScores`` is that of a variational auto-encoder.
public protocol ScoringModel: Sendable {
  /// T, the rows of a window.
  var window: Int { get }
  /// D
  var features: Int { get }
  /// What the numbers of its windows are.
  var element: ElementType { get }

  /// What it says of windows, scaled as it learned: values [B, T, D], in which a missing one is 0, and `observed` tells.
  func scores(of windows: ExampleBatch) -> WindowScores
}

/// What a model says of some windows.
public struct WindowScores: Sendable {
  /// What each value adds to its row's score, such as -log p: [B, T, D]. What is said of a missing one is not looked at.
  public var shares: Tensor
  /// What is added to the score of each of a window's rows, whatever their features: [B]; nil for nothing.
  public var whole: Tensor?
  /// What is expected, in the windows' own numbers: [B, T, D]; nil where the model does not say.
  public var expected: Tensor?
  /// What most values are not below, and not above: [B, T, D] each; nil where the model does not say.
  public var band: (low: Tensor, high: Tensor)?

  public init(
    shares: Tensor, whole: Tensor? = nil, expected: Tensor? = nil, band: (low: Tensor, high: Tensor)? = nil
  ) {
    (self.shares, self.whole, self.expected, self.band) = (shares, whole, expected, band)
  }
}

/// What is kept of windows: numbers in the units of the data, of all steps or of the last one alone.
struct WindowPart: Gatherable {
  /// Each [B, S, D]; [B] of `whole`. NaN where the model does not say.
  let shares, expected, low, high, whole: [Double]

  /// - Parameter scaling: undone in what is expected
  init(_ scores: WindowScores, lastAlone: Bool, window: Int, features: Int, scaling: Scaling?) {
    let count = scores.shares.count / (window * features)
    func kept(_ tensor: Tensor) -> Tensor {
      let whole = tensor.reshaped(to: [count, window, features])
      return lastAlone ? Tape().constant(whole).sliced(window - 1..<window, axis: 1).tensor : whole
    }
    func inUnits(_ tensor: Tensor?) -> [Double] {
      guard let tensor else {
        return Array(repeating: .nan, count: count * (lastAlone ? 1 : window) * features)
      }
      let kept = kept(tensor)
      return (scaling.map { $0.undone(kept) } ?? kept).values
    }
    shares = kept(scores.shares).values
    expected = inUnits(scores.expected)
    (low, high) = (inUnits(scores.band?.low), inUnits(scores.band?.high))
    whole = scores.whole?.values ?? Array(repeating: 0, count: count)
  }

  func write(to message: inout ShardMessage) {
    for numbers in [shares, expected, low, high, whole] {
      Tensor(numbers, shape: [numbers.count], element: .float64).write(to: &message)
    }
  }

  init(from message: inout ShardMessage) {
    let parts = (0..<5).map { _ in Tensor(from: &message).values }
    (shares, expected, low, high, whole) = (parts[0], parts[1], parts[2], parts[3], parts[4])
  }
}
