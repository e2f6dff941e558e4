import Latent
import LatentData
import LatentMeasures
import LatentTraining
import TestSupport
import Testing

/// Measures of classifiers against scikit-learn 1.9, and as metrics of a trainer.
@Suite struct ClassificationTests {
  /// [40, columns]: ((7 i^2 + 5 i j + i + 17 j) mod 101 - 50) / 16
  private static func logits(_ columns: Int) -> Tensor {
    let numbers = (0..<40 * columns).map { (index: Int) -> Double in
      let (i, j) = (index / columns, index % columns)
      let sum: Int = i * i * 7 + i * j * 5 + i + j * 17
      return Double(sum % 101 - 50) / 16
    }
    return Tensor(numbers, shape: [40, columns], element: .float64)
  }

  private static func labels(_ classes: Int) -> [Int] {
    (0..<40).map { (i: Int) -> Int in (i * i + i / 3) % classes }
  }

  /// accuracy_score(y, q), precision_score, recall_score, f1_score (average="binary" of two classes, else "macro"),
  /// roc_auc_score(y, softmax, multi_class="ovr", average="macro"); a column alone is a logit of class 1.
  @Test func scikitLearns() throws {
    let expected: [(columns: Int, measures: [Double])] = [
      (1, [0.425, 0.2727272727272727, 0.46153846153846156, 0.34285714285714286, 0.45868945868945876]),
      (2, [0.55, 0.35294117647058826, 0.46153846153846156, 0.4, 0.6125356125356126]),
      (3, [0.3, 0.35604575163398694, 0.297008547008547, 0.3091311487113586, 0.5010017636684303]),
      (4, [0.275, 0.2530594405594406, 0.24496336996336995, 0.24728835978835978, 0.4551354146942382]),
    ]
    for (columns, measures) in expected {
      let found = Classification(logits: Self.logits(columns), labels: Self.labels(max(columns, 2)))
      let confusion = found.confusion
      let area = try #require(found.rocArea)
      let values = [found.accuracy, confusion.precision, confusion.recall, confusion.f1, area]
      #expect(maxRelativeError(values, measures) < 1e-14, "\(columns): \(values)")
    }
    // confusion_matrix(y, q) of four classes
    let confusion = Classification(logits: Self.logits(4), labels: Self.labels(4)).confusion
    let rows = (0..<4).map { label in (0..<4).map { confusion[label, $0] } }
    #expect(rows == [[4, 3, 4, 3], [3, 1, 2, 1], [3, 2, 5, 3], [3, 2, 0, 1]])
    #expect("\(confusion)".split(separator: "\n").count == 5 && "\(confusion)".hasSuffix("3  3  2  0  1"))
    #expect(confusion.examples(of: 1) == 7 && confusion.predictions(of: 1) == 8)
  }

  @Test func corners() {
    // A class that no example has, and none is taken for, counts in no mean; one that is only taken for counts as 0.
    let two = Classification(logits: Tensor([3, 0, 0, 0, 3, 0], shape: [2, 3]), labels: [0, 0])
    #expect(two.predictions == [0, 1] && two.accuracy == 0.5)
    #expect(two.confusion.recall == 0.25 && two.confusion.precision == 0.5)
    #expect(two.rocArea == nil && two.rocArea(of: 0) == nil, "there are no others")
    // Equal scores count half; tokens are rows too.
    let tokens = Classification(logits: Tensor(zeros: [2, 2, 2]), labels: [0, 1, 1, 0])
    #expect(tokens.rocArea == 0.5 && tokens.predictions == [0, 0, 0, 0])
    let none = Classification(logits: Tensor(zeros: [0, 3]), labels: [])
    #expect(none.accuracy.isNaN && none.confusion.f1.isNaN && none.rocArea == nil)
    #expect(
      Classification(logits: Tensor([1, 2], shape: [1, 2]), labels: [1], keepsProbabilities: false).probabilities == nil
    )
    let broken = Classification(logits: Tensor([.nan, 1, 2, 0], shape: [2, 2]), labels: [0, 1])
    #expect(broken.rocArea == nil)
  }

  @Test func misuse() async {
    await #expect(processExitsWith: .success) {
      expectStop("Classification: logits [2, 3], 3 labels", "count") {
        _ = Classification(logits: Tensor(zeros: [2, 3]), labels: [0, 1, 2])
      }
      expectStop("the label 3 is not in 0..<3", "label") {
        _ = Classification(logits: Tensor(zeros: [1, 3]), labels: [3])
      }
    }
  }

  private static let data: TensorDataset = {
    let x = Initializer.uniform(-1...1)(shape: [90, 3], key: RandomKey(seed: 5))
    let labels = (0..<90).map { row -> Double in
      let (a, b) = (x.values[3 * row], x.values[3 * row + 1])
      return a > b ? (a > 0.3 ? 2 : 1) : 0
    }
    return TensorDataset(x, Tensor(labels, shape: [90, 1]))
  }()

  private struct Line: TrainableModel {
    var dense = Dense(inputSize: 3, outputSize: 3, key: RandomKey(seed: 1))
    mutating func visit(_ visitor: inout ParameterVisitor) { visitor.visit("dense", &dense) }

    static func labels(_ batch: ExampleBatch) -> [Int] { batch[1].values.map { Int($0) } }

    func loss(_ batch: ExampleBatch, tape: Tape) -> LossTerms {
      LossTerms(total: crossEntropy(logits: dense(tape.constant(batch[0])), labels: Self.labels(batch)))
    }
  }

  /// After each epoch, of what is kept for validation; the same in several processes.
  @Test func asMetrics() throws {
    @Sendable func run(_ sum: any GradientSum) -> [[MetricValue]] {
      var model = Line()
      var trainer = Trainer(optimizer: Adam(learningRate: 0.3), batchSize: 20, threads: 1, shards: 2, sum: sum)
      trainer.classificationMetrics(.accuracy, .f1, .auc, .init("first") { Double($0.predictions[0]) }) {
        (model: Line, batch: ExampleBatch, tape) in (model.dense(tape.constant(batch[0])), Line.labels(batch))
      }
      let history = try! trainer.fit(&model, to: Self.data, epochs: 8, validationSplit: 0.5)
      let held = Self.data.split(validationFraction: 0.5).validation
      let whole = held.batch(Array(0..<held.count)[...], in: BatchContext())
      let found = Classification(logits: model.dense(Tape().constant(whole[0])).tensor, labels: Line.labels(whole))
      let last = history.last!.metrics.map(\.value)
      #expect(last[0] == found.accuracy && last[1] == found.confusion.f1 && abs(last[2] - found.rocArea!) < 1e-12)
      return history.epochs.map(\.metrics)
    }
    let one = run(TreeSum())
    #expect(one[0].map(\.name) == ["accuracy", "f1", "auc", "first"])
    #expect(one[7][0].value > 0.8 && one[7][0].value > one[0][0].value)
    for found in SimulatedProcesses(3).run(run) { #expect(found == one) }
  }
}
