public import Calendars
public import Documents
import Exchanges

/// The working days that a site goes by.
public enum SiteCalendar {
  /// - Throws: `ConfigurationError` with everything that is wrong with the site's file.
  public static func read(_ configuration: SiteConfiguration) throws(ConfigurationError) -> WorkCalendar {
    let diagnostics = Diagnostics()
    let calendar = read(configuration, diagnostics)
    try diagnostics.throwIfErrors()
    return calendar
  }

  /// The built-in years, with those of the site's own file added or in their place. What is wrong with the file is reported.
  static func read(_ configuration: SiteConfiguration, _ diagnostics: Diagnostics) -> WorkCalendar {
    guard let file = configuration.calendarFile else { return .china }
    do throws(GatewayError) {
      let text = String(decoding: try FileReading.bytes(of: file, limit: 1 << 20), as: UTF8.self)
      do throws(CalendarError) {
        return .china.replacing(with: try WorkCalendar(parsing: text, file: file))
      } catch {
        for problem in error.problems {
          diagnostics.report(
            Diagnostic(
              .error, file: problem.file, line: problem.line, column: problem.column, message: problem.message
            ))
        }
      }
    } catch {
      diagnostics.report(
        Diagnostic(.error, file: configuration.file, message: "calendar: \(error.message); \(error.remedy)"))
    }
    return .china
  }
}
