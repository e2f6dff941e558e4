import Testing

@testable import vae_train

@Suite struct ProgressLineTests {
  let progress = RunProgress(
    label: "epoch 3/30", fraction: 0.62, imagesPerSecond: 7264.3, secondsLeft: 4.21,
    losses: [("loss", 243.81), ("recon", 228.112), ("kl", 15.698)])

  @Test func wideLine() {
    let details = "  62%  7,264 images/s  4.2 s left  loss 243.81  recon 228.11  kl 15.70"
    #expect(progress.line(width: 120) == "epoch 3/30 ━━━━━━━━━━━━━━━━━───────────" + details)
    #expect(progress.line(width: 120, ascii: true) == "epoch 3/30 #################..........." + details)
  }

  @Test func narrowLinesLeaveOutTheLastDetails() {
    #expect(progress.line(width: 60) == "epoch 3/30 ━━━━━━━━━───────  62%  7,264 images/s  4.2 s left")
    #expect(progress.line(width: 24) == "epoch 3/30 ━━━━────  62%")
    #expect(progress.line(width: 23) == "epoch 3/30 62%")
    #expect(progress.line(width: 10) == "62%")
    #expect(progress.line(width: 2) == "")
    #expect(progress.line(width: 0) == "")
    #expect(progress.line(width: -1) == "")
  }

  @Test func neverWiderThanTheTerminal() {
    var progress = progress
    for fraction in [0, 0.05, 0.5, 0.999, 1, 3, -1, .nan, .infinity] {
      progress.fraction = fraction
      for width in 0...200 { #expect(progress.line(width: width).count <= width) }
    }
  }

  @Test func barIsFullOnlyAtTheEnd() {
    func bar(_ fraction: Double) -> String {
      RunProgress(label: "", fraction: fraction).line(width: 14, ascii: true)
    }
    #expect(bar(0) == " ........   0%")
    #expect(bar(0.5) == " ####....  50%")
    #expect(bar(0.999) == " #######.  99%")
    #expect(bar(1) == " ######## 100%")
    #expect(bar(.nan) == " ........   0%")
  }

  @Test func unknownSpeedAndTimeAreLeftOut() {
    let start = RunProgress(
      label: "epoch 1/9", fraction: 0, imagesPerSecond: .nan, secondsLeft: .infinity, losses: [("loss", .nan)])
    #expect(start.line(width: 40, ascii: true) == "epoch 1/9 ...............   0%  loss nan")
  }
}
