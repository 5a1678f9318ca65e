<?php
/**
 * As much of WordPress as the plugin calls, with the same signatures and escaping, so that the plugin runs without one.
 *
 * Reads {"do", "options", "sent", "user_can", "is_404", "is_preview", "uri", "home", "multisite", "query", "amp", "title", "server_answers", "typed", "refused"} from standard input,
 * loads the plugin, does what is asked (front, settings, save, links, uninstall) and prints {"html", "options", "errors", "typed", "refused", "asked"}.
 */

$state = json_decode( stream_get_contents( STDIN ), true ) + array( 'options' => null, 'sent' => array(), 'user_can' => array(), 'is_404' => false, 'is_preview' => false, 'uri' => '/', 'home' => 'https://www.blog.example.fr', 'multisite' => false, 'query' => array(), 'amp' => null, 'reader_template' => false, 'title' => 'Publier &#8211; Blog', 'server_answers' => array( 200, 'webleads' ), 'typed' => null, 'refused' => array() );
$hooks = array();
$errors = array();
$fields = array();
$setting = null;
$store = array( 1 => $state['options'], 2 => $state['options'] );
$blog = 1;
$typed = $state['typed'];
$requested = array();
$page = null;
$_GET = $state['query'];
$_SERVER['REQUEST_URI'] = $state['uri'];

define( 'ABSPATH', '/' );
define( 'MINUTE_IN_SECONDS', 60 );

function add_action( $name, $callback, $priority = 10, $arguments = 1 ) { global $hooks; $hooks[ $name ][ $priority ][] = $callback; }
function add_filter( $name, $callback, $priority = 10, $arguments = 1 ) { add_action( $name, $callback, $priority ); }
function callbacks( $name ) { global $hooks; $found = $hooks[ $name ] ?? array(); ksort( $found ); return array_merge( ...array_values( $found ) ?: array( array() ) ); }
function do_action( $name ) { foreach ( callbacks( $name ) as $callback ) { $callback(); } }
function apply_filters( $name, $value ) { foreach ( callbacks( $name ) as $callback ) { $value = $callback( $value ); } return $value; }
function get_option( $name, $default = false ) { global $store, $blog; return $store[ $blog ] ?? $default; }
function delete_option( $name ) { global $store, $blog; $store[ $blog ] = null; }
function get_current_user_id() { return 7; }
function set_transient( $name, $value, $seconds ) { global $typed; $typed = $value; }
function get_transient( $name ) { global $typed; return $typed ?? false; }
function delete_transient( $name ) { global $typed; $typed = null; }
class WP_Error { public function get_error_message() { return 'Connection refused'; } }
function is_wp_error( $thing ) { return $thing instanceof WP_Error; }
function wp_remote_get( $url, $arguments ) { global $state, $requested; $requested[] = $url; return null === $state['server_answers'] ? new WP_Error() : $state['server_answers']; }
function wp_remote_retrieve_response_code( $answer ) { return $answer[0]; }
function wp_remote_retrieve_body( $answer ) { return $answer[1]; }
function wp_get_document_title() { global $state; return $state['title']; }
if ( null !== $state['amp'] ) { eval( 'function amp_is_request() { global $state; return $state["amp"]; }' ); }
function home_url() { global $state; return $state['home']; }
function wp_parse_url( $address, $part = -1 ) { return parse_url( $address, $part ); }
function wp_unslash( $value ) { return stripslashes( $value ); }
function esc_attr( $text ) { return htmlspecialchars( (string) $text, ENT_QUOTES ); }
function esc_html( $text ) { return htmlspecialchars( (string) $text, ENT_QUOTES ); }
function esc_url_raw( $address, $protocols = null ) {
	$address = preg_replace( '|[^a-z0-9-~+_.?#=!&;,/:%@$\|*\'()\[\]\\x80-\\xff]|i', '', (string) $address );
	return preg_match( '|^([a-z][a-z0-9+.-]*):|i', $address, $found ) && ! in_array( strtolower( $found[1] ), $protocols ?? array( 'http', 'https' ), true ) ? '' : $address;
}
function esc_url( $address ) { return str_replace( array( '&', "'" ), array( '&#038;', '&#039;' ), esc_url_raw( $address ) ); }
function __( $text, $domain ) { return $text; }
function esc_html__( $text, $domain ) { return esc_html( $text ); }
function is_admin() { global $state; return 'front' !== $state['do']; }
function is_404() { global $state; return $state['is_404']; }
function is_preview() { global $state; return $state['is_preview']; }
function is_customize_preview() { return false; }
function is_multisite() { global $state; return $state['multisite']; }
function get_sites( $query ) { return array( 1, 2 ); }
function switch_to_blog( $id ) { global $blog; $blog = $id; }
function restore_current_blog() { global $blog; $blog = 1; }
function current_user_can( $capability ) { global $state; return in_array( $capability, $state['user_can'], true ); }
function plugin_basename( $file ) { return 'webleads-tracker/webleads-tracker.php'; }
function load_plugin_textdomain( $domain, $deprecated, $folder ) { return true; }
function admin_url( $path ) { return 'https://www.blog.example.fr/wp-admin/' . $path; }
function add_options_page( $title, $menu, $capability, $slug, $callback ) { global $page; $page = $callback; }
function register_setting( $group, $name, $about ) { global $setting; $setting = $about; }
function add_settings_section( $id, $title, $callback, $page ) {}
function add_settings_field( $id, $title, $callback, $page, $section, $about ) { global $fields; $fields[] = array( $title, $callback, $about ); }
function add_settings_error( $name, $code, $message, $type = 'error' ) { global $errors; $errors[ $code ] = $message; }
function get_settings_errors( $name ) { global $state; return array_map( function ( $code ) { return array( 'code' => $code ); }, $state['refused'] ); }
function settings_fields( $group ) { echo '<input type="hidden" name="option_page" value="' . esc_attr( $group ) . '">'; }
function do_settings_sections( $page ) { global $fields; foreach ( $fields as list( $title, $callback, $about ) ) { echo '<label for="' . esc_attr( $about['label_for'] ) . '">' . esc_html( $title ) . '</label>'; $callback( $about ); } }
function submit_button() { echo '<input type="submit">'; }
function selected( $value, $current, $print ) { return $value === $current ? " selected='selected'" : ''; }
function checked( $value, $current, $print ) { return $value === $current ? " checked='checked'" : ''; }
function wp_print_script_tag( $attributes ) {
	$words = '';
	foreach ( $attributes as $name => $value ) {
		$words .= true === $value ? " $name" : ( false === $value ? '' : sprintf( ' %s="%s"', $name, 'src' === $name ? esc_url( $value ) : esc_attr( $value ) ) );
	}
	echo "<script$words></script>\n";
}

$folder = dirname( __DIR__, 3 ) . '/snippet/wordpress/webleads-tracker';
ob_start();
if ( 'uninstall' === $state['do'] ) {
	define( 'WP_UNINSTALL_PLUGIN', 'webleads-tracker/webleads-tracker.php' );
	require $folder . '/uninstall.php';
} else {
	require $folder . '/webleads-tracker.php';
	do_action( 'init' );
}
if ( 'front' === $state['do'] ) {
	echo '<head>';
	do_action( 'wp_head' );
	echo '</head><body>';
	do_action( 'wp_body_open' );
	do_action( 'wp_footer' );
	echo '</body>';
}
if ( in_array( $state['do'], array( 'settings', 'save' ), true ) ) {
	do_action( 'admin_menu' );
	do_action( 'admin_init' );
}
if ( 'settings' === $state['do'] ) {
	$page();
}
if ( 'save' === $state['do'] ) {
	$saved = $setting['sanitize_callback']( $state['sent'] );
	// As WordPress does: an option that was not stored before is added, which calls it again.
	$store[1] = null === $store[1] ? $setting['sanitize_callback']( $saved ) : $saved;
}
if ( 'links' === $state['do'] ) {
	echo implode( apply_filters( 'plugin_action_links_webleads-tracker/webleads-tracker.php', array( '<a>Deactivate</a>' ) ) );
}
echo json_encode( array( 'html' => ob_get_clean(), 'options' => array_values( $store ), 'errors' => array_values( $errors ), 'refused' => array_keys( $errors ), 'typed' => $typed, 'asked' => $requested ) );
