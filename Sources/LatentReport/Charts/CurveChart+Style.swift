import LatentFiles

extension CurveChart {
  /// The style sheet of every chart. Its selectors all start at `.latent-chart`, so that a chart inside an HTML page
  /// leaves the page alone.
  static let style = """
    <style>
    .latent-chart text { font: 11px system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif; }
    .latent-chart text { fill: #59636e; font-variant-numeric: tabular-nums; }
    .latent-chart .title { font-size: 16px; font-weight: 600; fill: #1f2328; }
    .latent-chart .panel-title { font-size: 13px; font-weight: 600; fill: #1f2328; }
    .latent-chart .legend { font-size: 12px; }
    .latent-chart .x-tick, .latent-chart .x-title, .latent-chart .no-data { text-anchor: middle; }
    .latent-chart .y-tick { text-anchor: end; }
    .latent-chart .card { fill: #ffffff; stroke: #d1d9e0; }
    .latent-chart .grid { stroke: #e6eaef; }
    .latent-chart .axis { stroke: #9aa4af; }
    .latent-chart .curve { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
    .latent-chart .dashed { stroke-dasharray: 5 5; }
    .latent-chart .end { font-weight: 600; }
    \(colorRules(\.light))@media (prefers-color-scheme: dark) {
    .latent-chart text { fill: #9198a1; }
    .latent-chart .title, .latent-chart .panel-title { fill: #f0f6fc; }
    .latent-chart .card { fill: #0d1117; stroke: #3d444d; }
    .latent-chart .grid { stroke: #232a33; }
    .latent-chart .axis { stroke: #59636e; }
    \(colorRules(\.dark))}
    </style>

    """

  private static func colorRules(_ scheme: KeyPath<(light: String, dark: String), String>) -> String {
    Color.allCases.map { color in
      let value = color.values[keyPath: scheme]
      return """
        .latent-chart .curve.\(color) { stroke: \(value); }
        .latent-chart .end.\(color), .latent-chart .dot.\(color) { fill: \(value); }

        """
    }.joined()
  }
}

extension CurveChart.Color {
  /// Dark enough on white, and bright enough on near-black, for thin lines and small text.
  var values: (light: String, dark: String) {
    switch self {
    case .blue: ("#0969da", "#58a6ff")
    case .orange: ("#bc4c00", "#f0883e")
    case .green: ("#1a7f37", "#3fb950")
    case .purple: ("#8250df", "#bc8cff")
    case .red: ("#cf222e", "#ff7b72")
    case .grey: ("#59636e", "#9198a1")
    }
  }
}
