<?php
/**
 * Whether what was typed in the settings can work. What cannot is refused with what to type; nothing is deleted from it.
 *
 * @package WebleadsTracker
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * The checks of the settings form, a field each.
 */
final class Webleads_Tracker_Checks {

	/**
	 * One label of a host's name, in any script, and a whole name. The server writes names beyond ASCII in Punycode itself.
	 */
	const LABEL = '[\p{L}\p{M}\p{N}_](?:[\p{L}\p{M}\p{N}_\x{00B7}\-]{0,61}[\p{L}\p{M}\p{N}_])?';
	const HOST  = self::LABEL . '(?:\.' . self::LABEL . ')*';

	/**
	 * A site's name: the server knows none without a dot, but for those who try things out.
	 */
	const SITE = '(?:' . self::LABEL . '(?:\.' . self::LABEL . ')+|localhost)';

	/**
	 * The fields as they are to be stored, and the problems by field.
	 *
	 * @param array<string, mixed> $typed    The form's fields.
	 * @param array<string, mixed> $defaults What an empty field means.
	 * @return array{array<string, mixed>, array<string, string>}
	 */
	public static function check( array $typed, array $defaults ): array {
		$clean    = $typed;
		$problems = array(
			'server' => self::problem_of_server( $typed['server'] ),
			'domain' => self::problem_of_site( $typed['domain'] ),
			'script' => self::problem_of_path( $typed['script'], $defaults['script'], '.js' ),
			'event'  => self::problem_of_path( $typed['event'], '/api/event', '' ),
			'image'  => self::problem_of_path( $typed['image'], $defaults['image'], '' ),
		);

		$clean['server'] = rtrim( $typed['server'], '/' );
		$domain          = preg_replace( '/\s*,\s*/', ',', $typed['domain'] );
		$clean['domain'] = function_exists( 'mb_strtolower' ) ? mb_strtolower( $domain, 'UTF-8' ) : strtolower( $domain );
		foreach ( array( 'domain', 'script', 'event', 'image' ) as $name ) {
			$clean[ $name ] = '' === $clean[ $name ] ? $defaults[ $name ] : $clean[ $name ];
		}
		if ( ! in_array( $typed['consent'], Webleads_Tracker_Options::CONSENT_MANAGERS, true ) ) {
			$clean['consent'] = '';
		}
		return array( $clean, array_filter( $problems ) );
	}

	/**
	 * What is wrong with the server's URL; empty when nothing is. No URL at all is right: nothing is loaded then.
	 *
	 * @param string $typed What was typed.
	 */
	private static function problem_of_server( string $typed ): string {
		if ( '' === $typed ) {
			return '';
		}
		if ( ! preg_match( '#^https?://(?:' . self::HOST . '|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~/\-]*)?$#iu', $typed ) || self::leaves_its_folder( $typed ) ) {
			/* translators: %s: what was typed */
			return sprintf( __( '“%s” is not the URL of a server: type it with https:// and without user, password or query, such as https://stats.example.com.', 'webleads-tracker' ), $typed );
		}
		if ( preg_match( '#^(https?://[^/]+).*\.js$#i', $typed, $found ) ) {
			/* translators: 1: what was typed, 2: what to type */
			return sprintf( __( '“%1$s” is the URL of a script: type %2$s, and the script’s path in its own field.', 'webleads-tracker' ), $typed, $found[1] );
		}
		return '';
	}

	/**
	 * What is wrong with the site's name. Several names, separated by commas, are several sites that count the page.
	 *
	 * @param string $typed What was typed.
	 */
	private static function problem_of_site( string $typed ): string {
		if ( '' === $typed || preg_match( '#^' . self::SITE . '(?:\s*,\s*' . self::SITE . ')*$#iu', $typed ) ) {
			return '';
		}
		$host = preg_match( '#^(?:(?:https?:)?//)?(' . self::SITE . ')(?:[:/?\#]|$)#iu', $typed, $found ) ? $found[1] : 'blog.example.com';
		/* translators: 1: what was typed, 2: what to type */
		return sprintf( __( '“%1$s” is not the name of a site: type only its host, such as %2$s.', 'webleads-tracker' ), $typed, $host );
	}

	/**
	 * What is wrong with a path on the server.
	 *
	 * @param string $typed   What was typed.
	 * @param string $example What to type.
	 * @param string $ending  How it has to end.
	 */
	private static function problem_of_path( string $typed, string $example, string $ending ): string {
		$is_path = preg_match( '#^(?:/[A-Za-z0-9._~\-]+)+$#', $typed ) && ! self::leaves_its_folder( $typed );
		if ( '' === $typed || ( $is_path && ( '' === $ending || substr( $typed, -strlen( $ending ) ) === $ending ) ) ) {
			return '';
		}
		/* translators: 1: what was typed, 2: what to type */
		return sprintf( __( '“%1$s” is not a path: type one that begins with / and has no host, no ? and no .., such as %2$s.', 'webleads-tracker' ), $typed, $example );
	}

	/**
	 * Whether a path goes up.
	 *
	 * @param string $path A path, or a URL.
	 */
	private static function leaves_its_folder( string $path ): bool {
		return (bool) preg_match( '#/\.\.?(?:/|$)#', $path );
	}
}
