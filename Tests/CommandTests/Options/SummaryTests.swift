import Testing

@Suite struct SummaryTests {
  /// The words of the first line that starts with `name`, after the line with `title`.
  private func row(_ name: String, after title: String, in text: String) -> [String] {
    let lines = text.split(separator: "\n").map(String.init)
    let start = lines.firstIndex(of: title) ?? lines.endIndex
    let line = lines[start...].first { $0.hasPrefix(name + " ") || $0.hasPrefix(name + ":") } ?? ""
    return line.split(separator: " ").map(String.init)
  }

  @Test func defaults() throws {
    let result = try Program.run(["summary"], in: Folder())
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    let text = result.output
    #expect(row("input", after: "encoder", in: text) == ["input", "Input", "[B,", "28,", "28]", "0", "-"])
    #expect(row("lstm", after: "encoder", in: text) == ["lstm", "LSTM", "[B,", "256]", "291,840", "input"])
    #expect(row("mean", after: "encoder", in: text) == ["mean", "Dense", "[B,", "16]", "4,112", "lstm"])
    #expect(row("logVariance", after: "encoder", in: text) == ["logVariance", "Dense", "[B,", "16]", "4,112", "lstm"])
    #expect(row("total parameters", after: "encoder", in: text).last == "300,064")
    #expect(row("latent", after: "decoder", in: text) == ["latent", "Input", "[B,", "16]", "0", "-"])
    #expect(
      row("hidden", after: "decoder", in: text) == ["hidden", "Dense,", "relu", "[B,", "256]", "4,352", "latent"])
    #expect(
      row("output", after: "decoder", in: text) == ["output", "Dense,", "sigmoid", "[B,", "784]", "201,488", "hidden"])
    #expect(row("total parameters", after: "decoder", in: text).last == "205,840")
    let whole = "variational auto-encoder"
    #expect(
      row("sampling", after: whole, in: text)
        == ["sampling", "Gaussian", "sample", "[B,", "16]", "0", "encoder.mean,", "encoder.logVariance"])
    #expect(row("decoder.hidden", after: whole, in: text).last == "sampling")
    #expect(row("total parameters", after: whole, in: text).last == "505,904")
  }

  @Test func otherSizes() throws {
    let result = try Program.run(
      [
        "summary", "--hidden-size", "8", "--latent-size", "3", "--decoder-size", "5", "--height", "20", "--width", "13",
      ],
      in: Folder())
    #expect(result.status == 0)
    // 4·8·(13 + 8 + 1), 2·3·(8 + 1), 5·(3 + 1), 260·(5 + 1)
    #expect(row("total parameters", after: "encoder", in: result.output).last == "\(704 + 54)")
    #expect(row("total parameters", after: "decoder", in: result.output).last == "1,580")
    #expect(row("total parameters", after: "variational auto-encoder", in: result.output).last == "2,338")
  }

  @Test func absurdSizes() throws {
    let result = try Program.run(["summary", "--hidden-size", "1000000"], in: Folder())
    #expect(result.status == 64)
    #expect(result.errorLines.count == 1)
    #expect(result.errors.hasPrefix("Error: a model of LSTM(1000000) encoder, "))
  }
}
