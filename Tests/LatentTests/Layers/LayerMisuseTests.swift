import Foundation
import Latent
import TestSupport
import Testing

/// What attention, convolutions and recurrent layers say where something does not fit.
@Suite struct LayerMisuseTests {
  /// Each with x [2, 3, 4] and the message that it should stop with.
  private static let cases: [(message: String, run: @Sendable (Variable) -> Void)] = [
    (
      "attention: a mask [3, 2] of float32 for scores [B, N, T, S] = [2, 2, 3, 3] of float32",
      { _ = scaledDotProductAttention($0, $0, $0, heads: 2, mask: .added(Tensor(zeros: [3, 2]))) }
    ),
    (
      "attention: lengths [3, 4] for 2 examples of 3 places",
      { _ = scaledDotProductAttention($0, $0, $0, mask: .visible(lengths: [3, 4])) }
    ),
    (
      "with N = 1 and S = T + 1",
      { _ = scaledDotProductAttention($0, $0, $0, isCausal: true, from: 1) }
    ),
    (
      "MultiHeadAttention: x [2, 3, 4], context [2, 3, 4], values [2, 2, 4] do not fit [B, T, 4], [B, S, 4]",
      { x in
        let layer = MultiHeadAttention(size: 4, heads: 2, key: RandomKey(seed: 1))
        _ = layer(x, context: x, values: x.sliced(0..<2, axis: 1))
      }
    ),
    (
      "TransformerEncoderBlock: a step of [2, 3, 4] at a time needs a causal block",
      { x in
        var cache = AttentionCache()
        _ = TransformerEncoderBlock(size: 4, heads: 2, key: RandomKey(seed: 1))(x, cache: &cache)
      }
    ),
    (
      "Conv2D: 4 and 6 channels in 4 groups",
      { _ in
        _ = Conv2D(
          inputChannels: 4, outputChannels: 6, kernelSize: 1, groups: 4, key: RandomKey(seed: 1))
      }
    ),
    (
      "conv2D: a kernel that covers [1, 5] with valid padding does not fit on images [2, 1, 3, 4]",
      {
        _ = Conv1D(inputChannels: 4, outputChannels: 1, kernelSize: 3, dilation: 2, key: RandomKey(seed: 1))($0)
      }
    ),
    (
      "a window of [2, 2] may lie outside of images [2, 1, 3, 4], with padding [2, 2, 2, 2]",
      { _ = maxPool2D($0.expanded(at: 1), size: 2, padding: 2) }
    ),
    (
      "PeepholeLSTM: x [2, 3, 4], state [2, 4] and [2, 4] do not fit [B, T, D] with B, T > 0 and [2, 5]",
      { x in
        let h = x.sum(axes: [1])
        _ = PeepholeLSTM(inputSize: 4, hiddenSize: 5, key: RandomKey(seed: 1))(x, from: LSTMState(h: h, c: h))
      }
    ),
    (
      "LayerNormLSTM: lengths [1, 0] for 2 sequences of 3 steps",
      { _ = LayerNormLSTM(inputSize: 4, hiddenSize: 5, key: RandomKey(seed: 1))($0, lengths: [1, 0]) }
    ),
    (
      "ZoneoutLSTM: [2, 3, 4] by [3, 20]",
      { x in
        let noise = RecurrentNoise(hiddenZoneout: 0.1)
        _ = ZoneoutLSTM(inputSize: 3, hiddenSize: 5, noise: noise, key: RandomKey(seed: 1))(x)
      }
    ),
  ]

  /// All in one child process, in copies of it.
  @Test func messages() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      for (expected, run) in LayerMisuseTests.cases {
        let (hasStopped, message) = stopMessage { run(Tape().constant(Tensor(zeros: [2, 3, 4]))) }
        if !hasStopped || !message.contains(expected) {
          FileHandle.standardError.write(Data("\(expected): \(message)\n".utf8))
        }
      }
    }
    #expect(result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } == "")
  }
}
