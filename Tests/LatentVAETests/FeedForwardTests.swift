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
      _ = ConvolutionalDecoder(latentSize: 2, height: 28, width: 30)
    }
    #expect(
      message(decoder).contains("images of [28, 30]; two strides of 2 make heights and widths that are multiples"))
    let empty = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = ConvolutionalEncoder(height: 0, width: 28, latentSize: 2)
    }
    #expect(message(empty).contains("ConvolutionalEncoder: images of [0, 28] have no pixels"))
    let images = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = ConvolutionalEncoder(height: 28, width: 28, latentSize: 2)(Tape().constant(Tensor(zeros: [1, 28, 27])))
    }
    #expect(message(images).contains("ConvolutionalEncoder: x [1, 28, 27] is not [B, 28, 28]"))
  }
}
