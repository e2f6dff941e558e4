import Latent

extension TSNE {
  /// Gradient descent on the places of the points, with momentum and a gain for each coordinate (Jacobs 1988), as in van
  /// der Maaten's program.
  package struct Descent {
    /// [2, N]
    package let points: Tensor
    private let affinities: Affinities
    private let joint: Storage
    private let (attraction, repulsion, weights): (Storage, Storage, Storage)
    private let (gradient, velocity, gains): (Storage, Storage, Storage)
    private let (against, change, zeros): (Storage, Storage, Storage)

    /// - Parameter points: [2, N], of the element type to compute with
    package init(affinities: Affinities, points: Tensor) {
      let count = points.shape[1]
      func storage(_ count: Int, _ value: Double = 0) -> Storage {
        let storage = Storage(count: count, element: points.element)
        storage.fill(value)
        return storage
      }
      self.affinities = affinities
      joint = affinities.joint.converted(to: points.element).storage
      self.points = Tensor(points.storage.copy(), shape: points.shape)
      (attraction, repulsion, weights) = (storage(2 * count), storage(2 * count), storage(count))
      (gradient, velocity, gains) = (storage(2 * count), storage(2 * count), storage(2 * count, 1))
      (against, change, zeros) = (storage(2 * count), storage(2 * count), storage(2 * count))
    }

    /// d KL(P || Q) / dy = 4 sum_j (p_ij - q_ij) w_ij (y_i - y_j) with q_ij = w_ij / sum w, and P so many times as large:
    /// [2, N], overwritten by the next call.
    package func gradient(exaggeration: Double = 1) -> Tensor {
      findForces()
      gradient.assign(attraction, times: 4 * exaggeration)
      gradient.assign(repulsion, times: -4 / weights.sum(), adding: 1)
      return Tensor(gradient, shape: points.shape)
    }

    private func findForces() {
      Storage.assignStudentForces(
        affinities: joint, neighbours: affinities.neighbours, starts: affinities.starts, points: points.storage,
        attraction: attraction, repulsion: repulsion, weights: weights)
    }

    /// The sum of w over all pairs.
    func totalWeight() -> Double {
      findForces()
      return weights.sum()
    }

    /// One step. A gain grows by 0.2 where the gradient still points against the velocity's sign, and shrinks to 0.8 of
    /// itself where it has turned.
    mutating func step(exaggeration: Double, momentum: Double, rate: Double) {
      _ = gradient(exaggeration: exaggeration)
      change.assign(.multiply, velocity, gradient)
      against.assign(.less, change, zeros)
      change.fill(0.2)
      change.assign(gains, times: 0.2, adding: 1)
      gains.assign(gains, times: 0.8)
      gains.addProduct(against, change)
      gains.clamp(to: 0.01...Double(Float.greatestFiniteMagnitude))
      change.assign(.multiply, gains, gradient)
      velocity.assign(change, times: -rate, adding: momentum)
      points.storage.assign(velocity, times: 1, adding: 1)
    }
  }
}
