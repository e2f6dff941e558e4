import Latent
import TestSupport
import Testing

/// Schedules at points whose values follow by hand, and the plateau rule over a course of losses.
@Suite struct LearningRateTests {
  private func check(_ schedule: LearningRateSchedule, _ points: [(step: Int, rate: Double)]) {
    for (step, rate) in points {
      #expect(abs(schedule(step) - rate) <= 1e-12 * abs(rate), "step \(step): \(schedule(step)), not \(rate)")
    }
  }

  @Test func simpleSchedules() {
    check(.constant(0.3), [(0, 0.3), (1000, 0.3)])
    check(
      .step(initial: 0.4, factor: 0.5, every: 10), [(0, 0.4), (9, 0.4), (10, 0.2), (19, 0.2), (20, 0.1), (35, 0.05)])
    check(.step(initial: 1, every: 3), [(2, 1), (3, 0.1)])
    // After half an interval the factor's root: 0.25^(1/2) = 0.5.
    check(.exponential(initial: 0.8, factor: 0.25, over: 10), [(0, 0.8), (5, 0.4), (10, 0.2), (20, 0.05)])
    check(LearningRateSchedule { 1 / Double($0 + 1) }, [(0, 1), (3, 0.25)])
  }

  /// cos is 1, 1/2, 0, -1/2, -1 at 0, 1/3, 1/2, 2/3 and 1 times pi.
  @Test func cosine() {
    check(
      .cosine(peak: 0.8, warmUp: 4, steps: 10),
      [(0, 0), (1, 0.2), (3, 0.6), (4, 0.8), (6, 0.6), (7, 0.4), (8, 0.2), (10, 0), (99, 0)])
    check(
      .cosine(peak: 1, warmUp: 2, steps: 8, start: 0.5, end: 0.2),
      [(0, 0.5), (1, 0.75), (2, 1), (4, 0.8), (5, 0.6), (6, 0.4), (8, 0.2), (1000, 0.2)])
    check(.cosine(peak: 1, steps: 2), [(0, 1), (1, 0.5), (2, 0)])
  }

  /// The rise ends at 0.5 * 14 - 1 = 6, the fall at 13; a third and a half of the rise are steps 2 and 3.
  @Test func oneCycle() {
    check(
      .oneCycle(peak: 1, steps: 14, riseFraction: 0.5, startDivisor: 5, endDivisor: 2),
      [(0, 0.2), (2, 0.4), (3, 0.6), (4, 0.8), (6, 1), (13, 0.1), (14, 0.1), (50, 0.1)])
    // The rise ends between two steps, at 2; the fall is halfway at 2 + 3.5 and so at (1 + end) / 2 at neither of 5 and 6.
    let standard = LearningRateSchedule.oneCycle(peak: 0.5, steps: 10)
    check(standard, [(0, 0.02), (1, 0.26), (2, 0.5), (9, 0.02 / 1e4)])
    #expect(abs(standard(5) + standard(6) - (0.5 + 0.02 / 1e4)) < 1e-12)
  }

  @Test func plateau() {
    var plateau = ReduceOnPlateau(factor: 0.5, patience: 2, minimumChange: 0.1, cooldown: 2, minimumRate: 0.2)
    // Improvements; one that is too small; the second in a row: lower. Then one value is not counted (Keras counts the
    // cooldown's last), two without improvement lower again, to the least rate; there it stays.
    let course: [(value: Double, rate: Double)] = [
      (5, 0.8), (4, 0.8), (3.95, 0.8), (3.8, 0.8), (3.75, 0.8), (3.9, 0.4), (4, 0.4), (4, 0.4), (4, 0.2), (4, 0.2),
      (4, 0.2), (4, 0.2), (4, 0.2),
    ]
    var rate = 0.8
    for (index, (value, expected)) in course.enumerated() {
      rate = plateau.rate(rate, after: value)
      #expect(rate == expected, "value \(index)")
    }
    #expect(plateau.best == 3.8)
    #expect(ReduceOnPlateau().patience == 10 && ReduceOnPlateau().factor == 0.1)
  }

  /// What is to rise: the same rule upside down.
  @Test func plateauOfWhatRises() {
    var (falling, rising) = (
      ReduceOnPlateau(factor: 0.5, patience: 2, minimumChange: 0.1, cooldown: 1),
      ReduceOnPlateau(monitor: "accuracy", .max, factor: 0.5, patience: 2, minimumChange: 0.1, cooldown: 1)
    )
    var (first, second) = (1.0, 1.0)
    for value in [5, 4, 3.95, 3.92, 3.9, 3.9, 3, 3, 3, .nan, 3] {
      first = falling.rate(first, after: value)
      second = rising.rate(second, after: -value)
      #expect(first == second && falling.best == -rising.best)
    }
    #expect(first < 1)
  }
}
