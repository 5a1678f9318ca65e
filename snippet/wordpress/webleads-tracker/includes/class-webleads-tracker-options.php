<?php
/**
 * What the publisher chose: read, checked and written here, so that every other part can trust it.
 *
 * @package WebleadsTracker
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * The plugin's options, one row of WordPress's options table.
 */
final class Webleads_Tracker_Options {

	const NAME = 'webleads_tracker';

	/**
	 * The consent managers that the leads module listens to.
	 */
	const CONSENT_MANAGERS = array( 'tarteaucitron', 'axeptio', 'cookiebot', 'google' );

	/**
	 * The options as they are, defaults where nothing was chosen.
	 *
	 * @return array{server: string, domain: string, script: string, event: string, count_editors: bool, noscript: bool, consent: string}
	 */
	public static function get(): array {
		$stored = get_option( self::NAME, array() );
		return array_merge( self::defaults(), is_array( $stored ) ? $stored : array() );
	}

	/**
	 * The options of a fresh installation. `server` is empty until the publisher has given it; nothing is loaded before.
	 *
	 * @return array<string, mixed>
	 */
	public static function defaults(): array {
		return array(
			'server'        => '',
			'domain'        => self::own_domain(),
			'script'        => '/js/webleads.js',
			'event'         => '',
			'count_editors' => false,
			'noscript'      => true,
			'consent'       => '',
		);
	}

	/**
	 * What the settings form sent, made safe. A value that cannot be used is refused with a message and the old one stays.
	 *
	 * @param mixed $sent The form's fields.
	 * @return array<string, mixed>
	 */
	public static function sanitize( $sent ): array {
		$sent  = is_array( $sent ) ? $sent : array();
		$clean = self::get();

		$server = self::clean_server( (string) ( $sent['server'] ?? '' ) );
		if ( null === $server ) {
			add_settings_error(
				self::NAME,
				'server',
				__( 'The address of your server must begin with https:// or http://, such as https://stats.example.com. It was not changed.', 'webleads-tracker' )
			);
		} else {
			$clean['server'] = $server;
		}

		$domain          = strtolower( preg_replace( '/[^A-Za-z0-9.\-]/', '', (string) ( $sent['domain'] ?? '' ) ) );
		$clean['domain'] = '' === $domain ? self::own_domain() : $domain;

		foreach ( array( 'script', 'event' ) as $path ) {
			$value          = '/' . ltrim( preg_replace( '/[^A-Za-z0-9._\-\/]/', '', (string) ( $sent[ $path ] ?? '' ) ), '/' );
			$clean[ $path ] = '/' === $value ? self::defaults()[ $path ] : $value;
		}
		foreach ( array( 'count_editors', 'noscript' ) as $switch ) {
			$clean[ $switch ] = ! empty( $sent[ $switch ] );
		}
		$consent          = (string) ( $sent['consent'] ?? '' );
		$clean['consent'] = in_array( $consent, self::CONSENT_MANAGERS, true ) ? $consent : '';
		return $clean;
	}

	/**
	 * The server's address without a trailing slash; empty when none was given, null when it is no address.
	 *
	 * @param string $given What was typed.
	 */
	private static function clean_server( string $given ): ?string {
		$given = trim( $given );
		if ( '' === $given ) {
			return '';
		}
		$address = esc_url_raw( $given, array( 'https', 'http' ) );
		$parts   = wp_parse_url( $address );
		if ( '' === $address || empty( $parts['host'] ) || isset( $parts['query'] ) || isset( $parts['fragment'] ) ) {
			return null;
		}
		return rtrim( $address, '/' );
	}

	/**
	 * The blog's own host, without `www.`, as the server knows its sites.
	 */
	private static function own_domain(): string {
		$host = strtolower( (string) wp_parse_url( home_url(), PHP_URL_HOST ) );
		return 0 === strpos( $host, 'www.' ) ? substr( $host, 4 ) : $host;
	}
}
