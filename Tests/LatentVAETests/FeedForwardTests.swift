import Latent
import LatentVAE
import Testing

/// What encoders and decoders without a recurrence refuse; `EncoderCases` and `DecoderCases` have what they compute.
@Suite struct FeedForwardTests {
  @Test func misuse() async {
    func message(_ result: ExitTest.Result?) -> String {
      result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? "no result"
    }
    let decoder = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = ConvolutionalDecoder(latentSize: 2, height: 28, width: 0)
    }
    #expect(message(decoder).contains("ConvolutionalDecoder: images of [28, 0, 1] have no pixels"))
    let empty = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = ConvolutionalEncoder(height: 0, width: 28, latentSize: 2)
    }
    #expect(message(empty).contains("ConvolutionalEncoder: images of [0, 28, 1] have no pixels"))
    let images = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = ConvolutionalEncoder(height: 28, width: 28, latentSize: 2)(Tape().constant(Tensor(zeros: [1, 28, 27])))
    }
    #expect(message(images).contains("ConvolutionalEncoder: x [1, 28, 27] is not [B, 28, 28]"))
  }
}
