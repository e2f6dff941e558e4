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
    .latent-chart .x-tick, .latent-chart .x-title, .latent-chart .no-data, .latent-chart .span-name { text-anchor: middle; }
    .latent-chart .y-tick { text-anchor: end; }
    .latent-chart .card { fill: #ffffff; stroke: #d1d9e0; }
    .latent-chart .grid { stroke: #e6eaef; }
    .latent-chart .axis { stroke: #9aa4af; }
    .latent-chart .curve { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
    .latent-chart .dashed { stroke-dasharray: 5 5; }
    .latent-chart .end { font-weight: 600; }
    .latent-chart .band { opacity: 0.18; }
    .latent-chart .span { opacity: \(shading); }
    \(colorRules(\.light))@media (prefers-color-scheme: dark) {
    .latent-chart text { fill: #9198a1; }
    .latent-chart .title, .latent-chart .panel-title { fill: #f0f6fc; }
    .latent-chart .card { fill: #0d1117; stroke: #3d444d; }
    .latent-chart .grid { stroke: #232a33; }
    .latent-chart .axis { stroke: #59636e; }
    \(colorRules(\.dark))}
    </style>

    """

  /// How much of what is behind a shaded part it hides.
  static let shading = 0.16

  private static func colorRules(_ scheme: KeyPath<(light: String, dark: String), String>) -> String {
    Color.allCases.map { color in
      let value = color.values[keyPath: scheme]
      return """
        .latent-chart .curve.\(color) { stroke: \(value); }
        .latent-chart .end.\(color), .latent-chart .dot.\(color), .latent-chart .band.\(color), \
        .latent-chart .span.\(color) { fill: \(value); }

        """
    }.joined()
  }
}
