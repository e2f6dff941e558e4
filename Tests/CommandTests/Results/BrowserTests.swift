import Foundation
import TestSupport
import Testing

/// One page in a real browser; `scripts/check-report` opens those of every architecture.
@Suite struct BrowserTests {
  private static let isThere = ["/usr/bin/chromium", "/usr/bin/python3"].allSatisfy {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("scripts/parts/check-report.py")
    .path

  /// An LSTM draws the rows, and the model is conditional: most kinds of layers, and every control. Series are drawn as lines,
  /// by convolutions.
  @Test(
    .enabled(if: isThere, "there is no /usr/bin/chromium to open a page with"), .disabled(if: isSanitized),
    arguments: ["conditional-lstm", "series"])
  func pageWorksInChromium(_ page: String) throws {
    let result = try Program.run(
      [], in: Folder(), shell: "exec /usr/bin/python3 '\(Self.script)' \"$1\" --only \(page) 2>&1")
    #expect(result.status == 0, "\(result.output)")
    #expect(result.output.contains("images as vae-train decodes them"))
  }
}
