import OAuthCore
import Providers
import Secrets

func secret(_ text: String) throws -> SecretBytes { try SecretBytes(copying: Array(text.utf8).span.bytes) }

func answer(_ status: Int, _ body: String, headers: [HTTPHeader] = []) throws -> HTTPAnswer {
    HTTPAnswer(status: status, headers: headers, body: try secret(body))
}

func linkedIn() throws -> ProviderProfile { try Catalog.profile(named: "linkedin-ads", files: []) }
