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
	 * What the form's fields became, once they were looked at.
	 *
	 * @var array<string, mixed>|null
	 */
	private static $looked_at = null;

	/**
	 * The options as they are, defaults where nothing was chosen.
	 *
	 * @return array{server: string, domain: string, script: string, event: string, image: string, count_editors: bool, noscript: bool, consent: string}
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
			'image'         => '/pixel.gif',
			'count_editors' => false,
			'noscript'      => true,
			'consent'       => '',
		);
	}

	/**
	 * What the settings form sent, when all of it can be used; else what was stored, and each refused field says what to type.
	 *
	 * What was typed is kept for the form, so that nothing has to be typed again. WordPress calls this twice for an option
	 * that was not stored before, the second time with what it returned.
	 *
	 * @param mixed $sent The form's fields.
	 * @return array<string, mixed>
	 */
	public static function sanitize( $sent ): array {
		if ( null === self::$looked_at || $sent !== self::$looked_at ) {
			self::$looked_at = self::look_at( $sent );
		}
		return self::$looked_at;
	}

	/**
	 * Looks at the form's fields, and says what is wrong with them.
	 *
	 * @param mixed $sent The form's fields.
	 * @return array<string, mixed>
	 */
	private static function look_at( $sent ): array {
		$typed = array();
		foreach ( self::defaults() as $name => $default ) {
			$value          = is_array( $sent ) ? ( $sent[ $name ] ?? '' ) : '';
			$typed[ $name ] = is_bool( $default ) ? ! empty( $value ) : ( is_string( $value ) ? trim( $value ) : '' );
		}
		list( $clean, $problems ) = Webleads_Tracker_Checks::check( $typed, self::defaults() );
		if ( array() !== $problems ) {
			foreach ( $problems as $name => $problem ) {
				add_settings_error( self::NAME, $name, $problem . ' ' . __( 'Nothing was saved.', 'webleads-tracker' ) );
			}
			set_transient( self::typed_by_this_user(), $typed, 5 * MINUTE_IN_SECONDS );
			return self::get();
		}
		delete_transient( self::typed_by_this_user() );
		if ( '' !== $clean['server'] && self::get() !== $clean ) {
			self::ask( $clean );
		}
		return $clean;
	}

	/**
	 * What the form shows: what was typed where it has just been refused, once; else the options.
	 *
	 * A form that is opened later shows what is stored, or it would seem that the refused text was.
	 *
	 * @return array<string, mixed>
	 */
	public static function take_shown(): array {
		$typed = get_transient( self::typed_by_this_user() );
		delete_transient( self::typed_by_this_user() );
		return is_array( $typed ) ? array_merge( self::get(), $typed ) : self::get();
	}

	/**
	 * Asks the server for the script, and warns when it does not answer; the options are saved all the same, since a
	 * firewall may keep this machine from a server that readers reach.
	 *
	 * @param array<string, mixed> $options The options that are about to be saved.
	 */
	private static function ask( array $options ): void {
		$address = $options['server'] . $options['script'];
		$answer  = wp_remote_get( $address, array( 'timeout' => 5 ) );
		if ( is_wp_error( $answer ) ) {
			$problem = $answer->get_error_message();
		} elseif ( 200 !== (int) wp_remote_retrieve_response_code( $answer ) ) {
			$problem = 'HTTP ' . (int) wp_remote_retrieve_response_code( $answer );
		} elseif ( false === strpos( (string) wp_remote_retrieve_body( $answer ), 'webleads' ) ) {
			$problem = __( 'what it sent is not the script', 'webleads-tracker' );
		} else {
			return;
		}
		add_settings_error(
			self::NAME,
			'answer',
			/* translators: 1: the script's URL, 2: what went wrong */
			sprintf( __( 'Saved, but %1$s was not found: %2$s. Check the server and the path of the script.', 'webleads-tracker' ), $address, $problem ),
			'warning'
		);
	}

	/**
	 * The name under which what this user typed is kept for a while.
	 */
	private static function typed_by_this_user(): string {
		return self::NAME . '_typed_' . get_current_user_id();
	}

	/**
	 * The blog's own host, without `www.`, as the server knows its sites.
	 */
	private static function own_domain(): string {
		$host = strtolower( (string) wp_parse_url( home_url(), PHP_URL_HOST ) );
		return 0 === strpos( $host, 'www.' ) ? substr( $host, 4 ) : $host;
	}
}
