import CLatentKernels

/// Normalisation of groups of channels; formulas and sources in `group_norm.inc.h`.
extension Storage {
  /// self = each group of channels of each example of x [examples, places, C] with mean 0 and variance 1, times gamma [C], plus beta
  /// [C].
  ///
  /// - Parameter statistics: [examples, groups, 2], gets each group's mean and 1 / sqrt(variance + epsilon)
  public func assignGroupNorm(
    of x: Storage, examples: Int, groups: Int, gamma: Storage, beta: Storage, epsilon: Double, statistics: Storage,
    workspace: Workspace? = nil
  ) {
    let (places, channels) = checkGroups("group normalisation", x, examples, groups, [gamma, beta], statistics)
    let loop = operations.group_norm
    let size = places * channels
    Threads.cutRows(examples, of: size, least: Threads.leastResults) {
      let scratch = Storage(count: channels, element: .float64, workspace: workspace)
      loop(
        x.pointer(at: $0.lowerBound * size), gamma.pointer, beta.pointer, epsilon,
        statistics.mutablePointer(at: 2 * groups * $0.lowerBound), mutablePointer(at: $0.lowerBound * size),
        scratch.mutablePointer.assumingMemoryBound(to: Double.self), $0.count, places, channels, groups)
    }
  }

  /// Adds to gammaGradient and betaGradient [C] and overwrites inputGradient [examples, places, C], if given, the first two together;
  /// self is the upstream gradient.
  public func groupNormGradients(
    x: Storage, examples: Int, groups: Int, gamma: Storage, statistics: Storage, gammaGradient: Storage?,
    betaGradient: Storage?, inputGradient: Storage?, workspace: Workspace? = nil
  ) {
    let sums = [gammaGradient, betaGradient].compactMap(\.self)
    require(sums.count != 1, "group normalisation gradient: of one of gamma and beta alone")
    let (places, channels) = checkGroups(
      "group normalisation gradient", x, examples, groups, [gamma] + sums, statistics)
    if let inputGradient { check("group normalisation gradient", inputGradient) }
    let scratch = Storage(count: 2 * channels, element: .float64, workspace: workspace)
    operations.group_norm_backward(
      x.pointer, gamma.pointer, statistics.pointer, pointer, gammaGradient?.mutablePointer,
      betaGradient?.mutablePointer, inputGradient?.mutablePointer,
      scratch.mutablePointer.assumingMemoryBound(to: Double.self), examples, places, channels, groups)
  }

  private func checkGroups(
    _ operation: String, _ x: Storage, _ examples: Int, _ groups: Int, _ channels: [Storage], _ statistics: Storage
  ) -> (places: Int, channels: Int) {
    check(operation, x)
    let size = channels[0].count
    require(
      examples > 0 && groups > 0 && size > 0 && size % groups == 0 && count % (examples * size) == 0
        && channels.allSatisfy { $0.count == size && $0.element == element },
      "\(operation): \(count) elements of \(element) are not \(examples) examples of \(size) channels in \(groups) groups"
    )
    require(
      statistics.count == 2 * examples * groups && statistics.element == element,
      "\(operation): statistics of \(statistics.count) \(statistics.element) for \(examples) examples of \(groups) groups"
    )
    return (count / (examples * size), size)
  }
}
