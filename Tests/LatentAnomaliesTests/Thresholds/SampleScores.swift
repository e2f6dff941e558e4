import Foundation

/// Scores that scripts in Python make too: 3,000 numbers evenly from 0 to 1, in no order, as quantiles of a distribution.
enum SampleScores {
  case even, exponential, heavy
  /// None is above 0.
  case light

  var scores: [Double] {
    (1...3000).map { number in
      let even = (Double(number) * 0.6180339887498949).truncatingRemainder(dividingBy: 1)
      return switch self {
      case .even: even
      case .exponential: -log1p(-even)
      case .heavy: pow(1 - even, -0.3)
      case .light: -pow(1 - even, 0.4)
      }
    }
  }
}
