import Latent
import LatentAnomalies
import LatentData

/// Expects each value of a window to be the window's mean.
struct FlatModel: ScoringModel {
  let window = 8
  let features = 1
  let element = ElementType.float64

  func scores(of windows: ExampleBatch) -> WindowScores {
    let tape = Tape()
    let x = tape.constant(windows.values)
    let mean = x.mean(axes: [1]).expanded(at: 1)
    return WindowScores(shares: (x - mean).squared().tensor, expected: mean.broadcast(to: x.shape).tensor)
  }
}
